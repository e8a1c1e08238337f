// Verify what Amazon SNS posts to a webhook, in plain Node 20: copy this file, no package is needed.
//
//   const receive = createReceiver({ clientId: "shop", topicArns: ["arn:aws:sns:…"], webhookIds: ["wh_…"] });
//   const result = await receive(request.url, request.headers, bodyBuffer);
//
// The result is {kind: "event", event, messageId}, {kind: "confirmed", …} or {kind: "unsubscribed", …}, or throws
// Refused, whose `status` is the answer to give. It makes the same checks as the Python kit, except that it
// does not remember events: keep `event.id` under a unique key in your own database.

import { createVerify, X509Certificate } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { types } from "node:util";

const MAXIMUM_BODY_BYTES = 1024 * 1024;
const MAXIMUM_REPLY_BYTES = 64 * 1024;
const MAXIMUM_DEPTH = 64;
const TIMEOUT_MILLISECONDS = 5000;
const MINIMUM_KEY_BITS = 2048;
const KEPT_CERTIFICATES = 16;

const KINDS = ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"];
const TOPIC_ARN = /^arn:(aws|aws-us-gov|aws-cn|aws-eusc):sns:([a-z0-9]+(?:-[a-z0-9]+)+):[0-9]{12}:[A-Za-z0-9_-]{1,256}$/;
const DOMAINS = { aws: "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu" };
const CERTIFICATE_PATH = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;
const TIMESTAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$/;
const RFC_3339 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export class Refused extends Error {
  constructor(status, code, sentence) {
    super(`${code}: ${sentence}`);
    this.status = status;
    this.code = code;
  }
}

// options:
//   clientId                  whose events you expect: every other client's are refused (required)
//   topicArns                 the topics you subscribed to (required)
//   webhookIds                the webhooks whose subscriptions are confirmed: their IDs, or a function, which may
//                             be async, that says true or false of one (required)
//   minimumSignatureVersion   2; version 1 rests on SHA-1
//   maximumAgeSeconds         5400; SNS repeats one Timestamp over all retries, for an hour and a half at most
//   maximumLeadSeconds        300; how far this machine's clock may be behind
//   authority                 {certificateOrigin, confirmationOrigin, ca}: an emulator to trust beside AWS
//   now, get                  the clock and the HTTP GET, for tests
export function createReceiver(options) {
  const trust = { ...checkOptions(options), certificates: new Map() };
  return (url, headers, body) => receive(url, headers, body, trust);
}

function checkOptions(options) {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  const defaults = {
    minimumSignatureVersion: 2, maximumAgeSeconds: 5400, maximumLeadSeconds: 300, authority: null,
    now: () => new Date(), get,
  };
  const known = ["clientId", "topicArns", "webhookIds", ...Object.keys(defaults)];
  const unknown = given.find(([name]) => !known.includes(name));
  if (unknown) throw new TypeError(`${unknown[0]} is not an option: they are ${known.join(", ")}`);
  const trust = { ...defaults, ...Object.fromEntries(given) };
  if (!isText(trust.clientId)) throw new TypeError("clientId is text: your client ID, as the service knows you");
  trust.topicArns = texts("topicArns", trust.topicArns);
  trust.topicArns.forEach(snsOrigin);
  if (typeof trust.webhookIds !== "function") trust.webhookIds = texts("webhookIds", trust.webhookIds);
  if (![1, 2].includes(trust.minimumSignatureVersion)) throw new TypeError("minimumSignatureVersion is 1 or 2");
  for (const name of ["maximumAgeSeconds", "maximumLeadSeconds"]) {
    if (!Number.isFinite(trust[name]) || trust[name] < 0) {
      throw new TypeError(`${name} is a number that is finite and not negative`);
    }
  }
  if (trust.authority !== null) checkAuthority(trust.authority);
  for (const name of ["now", "get"]) if (typeof trust[name] !== "function") throw new TypeError(`${name} is a function`);
  return trust;
}

function checkAuthority(authority) {
  if (typeof authority !== "object" || Array.isArray(authority)) throw new TypeError("authority is an object or null");
  const { certificateOrigin, confirmationOrigin, ca } = authority;
  if (!/^https:\/\/[^/?#@]+$/.test(certificateOrigin)) throw new TypeError("authority: certificateOrigin is an https origin");
  if (!/^(https:\/\/[^/?#@]+|http:\/\/(localhost|127(\.[0-9]+){3}|\[::1\])(:[0-9]+)?)$/.test(confirmationOrigin)) {
    throw new TypeError("authority: confirmationOrigin is an origin with https, or http on this machine");
  }
  if (!isText(ca) && !(ca instanceof Uint8Array && ca.length)) throw new TypeError("authority: ca is its certificate, PEM");
}

// A copy: what the caller does to its own list later changes nothing here.
function texts(name, values) {
  const list = Array.isArray(values) || values instanceof Set ? [...values] : [];
  if (!list.length || !list.every(isText)) throw new TypeError(`${name} is an array or a Set of one or more texts`);
  return list;
}

function isText(value) {
  return typeof value === "string" && value !== "";
}

async function receive(url, headers, body, trust) {
  if (typeof url !== "string") throw new TypeError("pass the request's URL with its query, as text");
  const message = openEnvelope(namedHeaders(headers), rawBytes(body));
  checkTrust(message, trust);
  await checkSignature(message, trust);
  const { MessageId: messageId, TopicArn: topicArn } = message;
  if (message.Type === "UnsubscribeConfirmation") return { kind: "unsubscribed", topicArn, messageId };
  if (message.Type === "Notification") return { kind: "event", event: expectedEvent(message, trust), messageId };
  await confirm(url, message, trust);
  return { kind: "confirmed", topicArn, messageId };
}

// A TypeError is not a refusal: the request may be genuine, so answer 5xx and SNS repeats it.
function rawBytes(body) {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (types.isAnyArrayBuffer(body)) return Buffer.from(body);
  throw new TypeError("pass the raw bytes of the request's body, unparsed: a Buffer, a Uint8Array or an ArrayBuffer");
}

// Takes Node's object, a Fetch Headers object, a Map, or name and value in pairs.
function namedHeaders(headers) {
  const wrong = () => new TypeError("pass the request's headers");
  if (typeof headers !== "object" || headers === null) throw wrong();
  const pairs = typeof headers[Symbol.iterator] === "function" ? [...headers] : Object.entries(headers);
  const named = {};
  for (const pair of pairs) {
    if (!Array.isArray(pair) || typeof pair[0] !== "string") throw wrong();
    const name = pair[0].toLowerCase();
    const value = String(pair[1]);
    if (name.startsWith("x-amz-sns-") && Object.hasOwn(named, name) && named[name] !== value) {
      throw new Refused(400, "header_mismatch", `The header ${name} occurs twice, with two values.`);
    }
    named[name] = value;
  }
  return named;
}

function openEnvelope(named, body) {
  if (body.length > MAXIMUM_BODY_BYTES) throw new Refused(413, "body_too_large", "The body is too long.");
  if ((named["x-amz-sns-rawdelivery"] ?? "").toLowerCase() === "true") {
    throw new Refused(400, "raw_delivery", "Raw deliveries carry no signature.");
  }
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new Refused(400, "not_utf8", "The body is not UTF-8.");
  }
  const message = parseObject(text);
  checkFields(message);
  for (const [header, field] of [["message-type", "Type"], ["message-id", "MessageId"], ["topic-arn", "TopicArn"]]) {
    if ((named[`x-amz-sns-${header}`] ?? message[field]) !== message[field]) {
      throw new Refused(400, "header_mismatch", `The header x-amz-sns-${header} differs from the body.`);
    }
  }
  return message;
}

function checkFields(message) {
  // The signature covers names and values as lines, so only Message, which comes first, may hold a line break:
  // elsewhere it would let the same signed text be cut into other fields.
  const line = (name) => {
    if (/[\x00-\x1f\x7f]/.test(text(message, name))) throw wrongField(name);
    return message[name];
  };
  if (!KINDS.includes(line("Type"))) throw new Refused(400, "unknown_type", "SNS sends no such Type.");
  const confirmation = message.Type !== "Notification";
  text(message, "Message");
  ["MessageId", "TopicArn", "SignatureVersion", "SigningCertURL"].forEach(line);
  if (confirmation) ["Token", "SubscribeURL"].forEach(line);
  else if (Object.hasOwn(message, "Subject")) line("Subject");
  if (!TIMESTAMP.test(line("Timestamp")) || Number.isNaN(Date.parse(message.Timestamp))) throw wrongField("Timestamp");
  if (!BASE64.test(line("Signature"))) throw wrongField("Signature");
}

function text(message, name) {
  const value = Object.hasOwn(message, name) ? message[name] : undefined;
  if (typeof value !== "string") throw wrongField(name);
  if (!value.isWellFormed()) throw new Refused(400, "not_utf8", `${name} holds half a surrogate pair.`);
  return value;
}

function wrongField(name) {
  return new Refused(400, "wrong_field", `The field ${name} is missing or not as SNS writes it.`);
}

function checkTrust(message, trust) {
  if (!trust.topicArns.includes(message.TopicArn)) {
    const expected = trust.topicArns.map(shown).join(", ");
    throw new Refused(403, "topic_not_allowed", `The topic ${shown(message.TopicArn)} is not in topicArns: ${expected}.`);
  }
  if (!["1", "2"].slice(trust.minimumSignatureVersion - 1).includes(message.SignatureVersion)) {
    throw new Refused(403, "signature_version", `Signature version ${shown(message.SignatureVersion)} is not an allowed one.`);
  }
  const ageSeconds = (trust.now() - Date.parse(message.Timestamp)) / 1000;
  // A redelivery is signed again; or this machine's clock is fast: a later attempt can succeed, so 503.
  if (ageSeconds > trust.maximumAgeSeconds) throw new Refused(503, "too_old", "The message is too old.");
  // Most likely this machine's clock is slow, so a later attempt can succeed: 503.
  if (-ageSeconds > trust.maximumLeadSeconds) throw new Refused(503, "from_the_future", "The message is yet to come.");
}

// Quotes the end of what the sender wrote, without control characters: of an ARN, the part that differs.
function shown(value) {
  const text = JSON.stringify(value ?? null).replace(/[^ -~]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return text.length <= 120 ? text : `"…${text.slice(-118)}`;
}

function snsOrigin(topicArn) {
  const [, partition, region] = TOPIC_ARN.exec(topicArn) ?? [];
  if (!partition) throw new TypeError(`${topicArn} is not the ARN of a standard SNS topic`);
  return `https://sns.${region}.${DOMAINS[partition]}`;
}

async function checkSignature(message, trust) {
  const url = message.SigningCertURL;
  const places = [[snsOrigin(message.TopicArn), undefined]];
  if (trust.authority) places.push([trust.authority.certificateOrigin, trust.authority.ca]);
  const place = places.find(([origin]) => url.startsWith(origin) && CERTIFICATE_PATH.test(url.slice(origin.length)));
  if (!place) throw new Refused(403, "certificate_url", "The certificate is not where this topic's are.");
  const certificate = await fetchCertificate(url, place[1], trust);
  const now = trust.now();
  if (now > new Date(certificate.validTo)) throw new Refused(503, "certificate_expired", "The certificate expired.");
  if (now < new Date(certificate.validFrom)) {
    throw new Refused(503, "certificate_not_yet_valid", "The certificate is not valid yet.");
  }
  const key = certificate.publicKey;
  if (key.asymmetricKeyType !== "rsa" || key.asymmetricKeyDetails.modulusLength < MINIMUM_KEY_BITS) {
    throw new Refused(403, "certificate_invalid", "The certificate has no RSA key of 2048 bits or more.");
  }
  const names = message.Type === "Notification"
    ? ["Message", "MessageId", ...(Object.hasOwn(message, "Subject") ? ["Subject"] : []), "Timestamp", "TopicArn", "Type"]
    : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  const verifier = createVerify(message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256");
  verifier.update(names.map((name) => `${name}\n${message[name]}\n`).join(""), "utf8");
  if (!verifier.verify(key, message.Signature, "base64")) {
    throw new Refused(403, "signature_mismatch", "The signature does not belong to this message.");
  }
}

async function fetchCertificate(url, ca, trust) {
  const { certificates } = trust;
  if (certificates.has(url)) return certificates.get(url);
  let reply;
  try {
    reply = await trust.get(url, ca);
  } catch (error) {
    throw new Refused(503, "certificate_unavailable", `The certificate could not be fetched: ${error.message}.`);
  }
  if (reply.status !== 200) throw new Refused(503, "certificate_unavailable", `Status ${reply.status} for the certificate.`);
  let certificate;
  try {
    if (reply.body.toString("latin1").split("-----BEGIN CERTIFICATE-----").length !== 2) throw new Error();
    certificate = new X509Certificate(reply.body);
    certificate.publicKey; // reads the key, which may fail
  } catch {
    throw new Refused(503, "certificate_unavailable", "The reply is not one PEM certificate.");
  }
  if (certificates.size >= KEPT_CERTIFICATES) certificates.delete(certificates.keys().next().value);
  certificates.set(url, certificate);
  return certificate;
}

function expectedEvent(message, trust) {
  const event = parseEvent(message.Message);
  if (event.clientid !== trust.clientId) {
    const clients = `the client ${shown(event.clientid)}, not for ${shown(trust.clientId)}`;
    throw new Refused(403, "client_not_allowed", `The event is for ${clients}.`);
  }
  return event;
}

async function checkWebhook(requestUrl, { webhookIds }) {
  const [, query = ""] = /^[^?#]*\?([^#]*)/.exec(requestUrl) ?? [];
  // The "&" keeps URLSearchParams from dropping a question mark that comes first.
  const found = new URLSearchParams(`&${query}`).getAll("webhook_id");
  if (found.length !== 1 || !found[0]) {
    throw new Refused(403, "webhook_id", "The request's URL does not have webhook_id once: pass it with its query.");
  }
  const expected = typeof webhookIds === "function" ? await webhookIds(found[0]) : webhookIds.includes(found[0]);
  if (typeof expected !== "boolean") throw new TypeError("webhookIds must return true or false");
  if (!expected) throw new Refused(503, "webhook_not_expected", `The webhook ${shown(found[0])} is not in webhookIds (yet).`);
}

async function confirm(requestUrl, message, trust) {
  const url = message.SubscribeURL;
  const places = [[snsOrigin(message.TopicArn), undefined]];
  if (trust.authority) places.push([trust.authority.confirmationOrigin, trust.authority.ca]);
  const place = places.find(([origin]) => url.startsWith(`${origin}/?`) && confirms(url.slice(origin.length + 2), message));
  if (!place) throw new Refused(403, "subscribe_url", "The URL does not confirm this subscription at SNS.");
  await checkWebhook(requestUrl, trust);
  let reply;
  try {
    reply = await trust.get(url, place[1]);
  } catch (error) {
    throw new Refused(503, "confirmation_failed", `SNS could not be reached: ${error.message}.`);
  }
  if ([400, 403, 404].includes(reply.status)) throw new Refused(403, "confirmation_refused", `Status ${reply.status}.`);
  if (reply.status !== 200) throw new Refused(503, "confirmation_failed", `Status ${reply.status}.`);
}

function confirms(query, message) {
  if (query.startsWith("?")) return false; // URLSearchParams would overlook it
  const pairs = [...new URLSearchParams(query)];
  const expected = { Action: "ConfirmSubscription", TopicArn: message.TopicArn, Token: message.Token };
  return pairs.length === 3 && Object.entries(expected).every(([name, value]) =>
    pairs.some((pair) => pair[0] === name && pair[1] === value));
}

function parseEvent(messageText) {
  const unusable = (why) => new Refused(422, "not_cloudevents", `The Message is not a CloudEvents document: ${why}.`);
  let event;
  try {
    event = parseObject(messageText);
  } catch (error) {
    throw unusable(error.message);
  }
  if (event.specversion !== "1.0") throw unusable("specversion is not 1.0");
  if (![undefined, "application/json"].includes(event.datacontenttype)) throw unusable("datacontenttype is not JSON");
  if (typeof event.data !== "object" || event.data === null || Array.isArray(event.data)) throw unusable("data is not an object");
  for (const name of ["id", "source", "type", "subject", "time"]) {
    if (typeof event[name] !== "string" || !event[name]) throw unusable(`${name} is missing or not text`);
  }
  if (!["undefined", "string"].includes(typeof event.clientid)) throw unusable("clientid is not text");
  if (!RFC_3339.test(event.time) || Number.isNaN(Date.parse(event.time))) throw unusable("time is not RFC 3339");
  return event;
}

// JSON.parse takes the last of two equal keys in silence; a proxy in front may have judged the first.
function parseObject(json) {
  let value;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Refused(400, "not_json", `Not JSON: ${error.message}.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refused(400, "not_json", "Not a JSON object.");
  const open = [];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === "{" || character === "[") {
      if (open.push(character === "{" ? new Set() : null) > MAXIMUM_DEPTH) throw new Refused(400, "too_deep", "Nested too deep.");
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      const start = at;
      for (at += 1; json[at] !== '"'; at += 1) if (json[at] === "\\") at += 1;
      let next = at + 1;
      while (" \t\r\n".includes(json[next] ?? "end")) next += 1;
      if (json[next] !== ":") continue;
      const key = JSON.parse(json.slice(start, at + 1));
      if (open.at(-1).has(key)) throw new Refused(400, "duplicate_key", `The key ${JSON.stringify(key)} occurs twice.`);
      open.at(-1).add(key);
    }
  }
  return value;
}

// One GET, by http on this machine only: no redirect is followed, 5 s in all, 64 KiB at most.
function get(url, ca) {
  return new Promise((resolve, reject) => {
    if (!/^(https:|http:\/\/(localhost|127(\.[0-9]+){3}|\[::1\])[:/])/.test(url)) throw new Error("not https");
    const client = url.startsWith("https:") ? https : http;
    const request = client.get(url, { ca, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) }, (response) => {
      const chunks = [];
      let length = 0;
      response.on("data", (chunk) => {
        length += chunk.length;
        if (length > MAXIMUM_REPLY_BYTES) request.destroy(new Error("the reply is too long"));
        else chunks.push(chunk);
      });
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(chunks) }));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
