// The JSON document that SNS posts around a message, and the text that its signature covers.

import { types } from "node:util";
import { namedHeaders } from "./headers.js";
import { MalformedRequest, RequestTooLarge, shown } from "./refusals.js";
import { parseObject } from "./strict-json.js";

// SNS carries 256 KiB at most; as a JSON string that text may grow several times.
export const MAXIMUM_BODY_BYTES = 1024 * 1024;

const KINDS = ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"];
const TIMESTAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const OF_NOTIFICATIONS = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const OF_CONFIRMATIONS = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

// Read a request's body, checking its form and that the headers agree with it. The result is what SNS signed, still
// unverified, and how to verify it; the unsigned rest, MessageAttributes above all, is left behind on purpose.
export function openEnvelope(headers, body) {
  const bytes = rawBytes(body);
  if (bytes.length > MAXIMUM_BODY_BYTES) {
    throw new RequestTooLarge("body_too_large", `The body is longer than ${MAXIMUM_BODY_BYTES} bytes.`);
  }
  const named = namedHeaders(headers);
  if ((named["x-amz-sns-rawdelivery"] ?? "").toLowerCase() === "true") {
    throw new MalformedRequest("raw_delivery", "Raw deliveries carry no signature; turn raw message delivery off.");
  }
  const document = parseObject(decoded(bytes), "The body");
  const envelope = checkedEnvelope(document);
  checkHeader(named, "x-amz-sns-message-type", envelope.kind);
  checkHeader(named, "x-amz-sns-message-id", envelope.messageId);
  checkHeader(named, "x-amz-sns-topic-arn", envelope.topicArn);
  return envelope;
}

// A TypeError is not a refusal: the request may be genuine, so the framework must answer 5xx and SNS repeat it.
function rawBytes(body) {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (types.isAnyArrayBuffer(body)) return Buffer.from(body);
  const given = body === null ? "null" : Array.isArray(body) ? "an array" : typeof body;
  throw new TypeError(
    `pass the raw bytes of the request's body, unparsed: a Buffer, a Uint8Array or an ArrayBuffer, not ${given}`,
  );
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedRequest("not_utf8", "The body is not UTF-8.");
  }
}

function checkedEnvelope(document) {
  // The signature covers names and values as lines. A line break inside a value would let the same signed text be
  // cut into other fields; only Message, which comes first, may safely hold one.
  const line = (name) => {
    if (/[\x00-\x1f\x7f]/.test(text(document, name))) {
      throw new MalformedRequest("wrong_field", `The field ${name} holds a control character.`);
    }
    return document[name];
  };
  const kind = line("Type");
  if (!KINDS.includes(kind)) {
    throw new MalformedRequest("unknown_type", `The Type ${shown(kind)} is not one that SNS sends.`);
  }
  const isNotification = kind === "Notification";
  text(document, "Message");
  for (const name of ["MessageId", "TopicArn", "SignatureVersion", "SigningCertURL"]) line(name);
  for (const name of isNotification ? [] : ["Token", "SubscribeURL"]) line(name);
  const hasSubject = isNotification && Object.hasOwn(document, "Subject");
  if (hasSubject) line("Subject");
  if (!TIMESTAMP.test(line("Timestamp")) || Number.isNaN(Date.parse(document.Timestamp))) {
    throw new MalformedRequest("wrong_field", `The Timestamp ${shown(document.Timestamp)} is not SNS's form.`);
  }
  if (!BASE64.test(line("Signature"))) throw new MalformedRequest("wrong_field", "The field Signature is not base64.");
  const signed = isNotification
    ? OF_NOTIFICATIONS.filter((name) => name !== "Subject" || hasSubject)
    : OF_CONFIRMATIONS;
  return {
    kind,
    messageId: document.MessageId,
    topicArn: document.TopicArn,
    message: document.Message,
    timestamp: document.Timestamp,
    signatureVersion: document.SignatureVersion,
    signature: document.Signature,
    certificateUrl: document.SigningCertURL,
    token: document.Token,
    subscribeUrl: document.SubscribeURL,
    // https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
    signedText: signed.map((name) => `${name}\n${document[name]}\n`).join(""),
  };
}

function text(document, name) {
  const value = Object.hasOwn(document, name) ? document[name] : undefined;
  if (typeof value !== "string") {
    throw new MalformedRequest("wrong_field", `The field ${name} is missing or is not text.`);
  }
  if (!value.isWellFormed()) throw new MalformedRequest("not_utf8", `The field ${name} holds half a surrogate pair.`);
  return value;
}

// SNS sends these three, but a proxy may drop them and they prove nothing: the signed body decides.
function checkHeader(named, name, expected) {
  const found = named[name] ?? expected;
  if (found !== expected) {
    throw new MalformedRequest(
      "header_mismatch",
      `The header ${name} says ${shown(found)}, the body ${shown(expected)}.`,
    );
  }
}
