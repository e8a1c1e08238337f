// The certificates SNS signs with: fetched, checked, cached, and used to verify a signature.

import { createVerify, X509Certificate } from "node:crypto";
import { TemporaryFailure, UntrustedMessage, shown } from "./refusals.js";

// SNS changes its certificate about once a year; a few regions and a change-over fit easily.
const CAPACITY = 16;
const MINIMUM_KEY_BITS = 2048;
const ALGORITHMS = { 1: "RSA-SHA1", 2: "RSA-SHA256" };

// Caches certificates, dropping the one unused for longest when there are too many.
export class Certificates {
  #fetch;
  #cached = new Map();

  constructor(fetch) {
    this.#fetch = fetch;
  }

  // Check that the source's certificate is valid now and signed the envelope.
  async verify(envelope, source, now) {
    const certificate = await this.#certificate(source);
    if (now > new Date(certificate.validTo)) {
      throw new TemporaryFailure("certificate_expired", "The signing certificate has expired.");
    }
    if (now < new Date(certificate.validFrom)) {
      throw new TemporaryFailure("certificate_not_yet_valid", "The signing certificate is not valid yet.");
    }
    const verifier = createVerify(ALGORITHMS[envelope.signatureVersion]);
    verifier.update(envelope.signedText, "utf8");
    if (!verifier.verify(rsaKey(certificate), envelope.signature, "base64")) {
      throw new UntrustedMessage(
        "signature_mismatch",
        "The signature does not belong to this message and certificate.",
      );
    }
  }

  async #certificate(source) {
    const key = `${source.url} ${source.caFile ?? ""}`;
    const certificate = this.#cached.get(key) ?? (await this.#get(source));
    this.#cached.delete(key);
    this.#cached.set(key, certificate);
    if (this.#cached.size > CAPACITY) this.#cached.delete(this.#cached.keys().next().value);
    return certificate;
  }

  async #get(source) {
    let reply;
    try {
      reply = await this.#fetch(source);
    } catch (error) {
      throw unavailable(`The signing certificate could not be fetched: ${shown(error.message)}.`);
    }
    if (reply.status !== 200) throw unavailable(`Fetching the signing certificate gave status ${reply.status}.`);
    return parsed(reply.body);
  }
}

function parsed(body) {
  try {
    const pem = Buffer.from(body);
    if (pem.toString("latin1").split("-----BEGIN CERTIFICATE-----").length !== 2) throw new Error();
    return new X509Certificate(pem);
  } catch {
    // Something on the way answered in SNS's place.
    throw unavailable("The reply is not one PEM certificate.");
  }
}

function rsaKey(certificate) {
  let key;
  try {
    key = certificate.publicKey;
  } catch {
    key = null;
  }
  if (key?.asymmetricKeyType !== "rsa" || key.asymmetricKeyDetails.modulusLength < MINIMUM_KEY_BITS) {
    throw new UntrustedMessage(
      "certificate_invalid",
      `The certificate has no RSA key of ${MINIMUM_KEY_BITS} bits or more.`,
    );
  }
  return key;
}

function unavailable(sentence) {
  return new TemporaryFailure("certificate_unavailable", sentence);
}
