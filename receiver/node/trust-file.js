// A Trust in a file, so that a receiver is the same program on a laptop and in production.

import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { SigningAuthority } from "./sources.js";
import { isObject, parseObject } from "./strict-json.js";
import { Trust } from "./trust.js";

// Read a Trust from a JSON file with `client_id`, `topic_arns` and, for an emulator, `authority`: `make local` writes
// one. A relative `ca_file` is beside the file.
export function readTrust(file, { webhookIds, ...rest } = {}) {
  const [option] = Object.keys(rest);
  if (option) throw new TypeError(`${option} is not an option: pass { webhookIds }`);
  const { client_id: clientId, topic_arns: topicArns, authority, ...unknown } = readObject(file);
  const missing = Object.entries({ client_id: clientId, topic_arns: topicArns }).filter(([, value]) => value === undefined);
  if (missing.length) throw new TypeError(`${file} has no ${missing.map(([name]) => name).join(", ")}`);
  const [name] = Object.keys(unknown);
  if (name) throw new TypeError(`${file}: ${name} is not known: it has client_id, topic_arns and authority`);
  const signingAuthority = authorityIn(authority, file);
  try {
    return new Trust({ clientId, topicArns, webhookIds, authority: signingAuthority });
  } catch (error) {
    throw new TypeError(`${file}: ${error.message}`);
  }
}

function readObject(file) {
  // Windows' editors and shells begin a file with a byte order mark.
  const text = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  try {
    return parseObject(text, file);
  } catch (error) {
    throw new TypeError(error.sentence);
  }
}

function authorityIn(given, file) {
  if (given === undefined || given === null) return null;
  if (!isObject(given)) throw new TypeError(`${file}: authority is an object`);
  const { certificate_origin: certificateOrigin, confirmation_origin: confirmationOrigin, ca_file: caFile, ...rest } = given;
  const [name] = Object.keys(rest);
  if (name) throw new TypeError(`${file}: authority.${name} is not known`);
  if (typeof caFile !== "string" || !caFile) throw new TypeError(`${file}: authority.ca_file is a path`);
  return new SigningAuthority({
    certificateOrigin,
    confirmationOrigin,
    caFile: path.resolve(path.dirname(file instanceof URL ? fileURLToPath(file) : file), caFile),
  });
}
