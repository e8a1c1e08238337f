// The event inside a notification: a CloudEvents 1.0 document in JSON.

import { MalformedRequest, UnusableEvent, shown } from "./refusals.js";
import { isObject, parseObject } from "./strict-json.js";

const SPECVERSION = "1.0";
const JSON_CONTENT_TYPE = "application/json";
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#time: RFC 3339, so a zone is a must.
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

// Read an event from a notification's Message; UnusableEvent names the first thing wrong.
export function parseEvent(message) {
  const document = parsed(message);
  if (document.specversion !== SPECVERSION) {
    throw unusable(`specversion is ${shown(document.specversion)}, not "${SPECVERSION}"`);
  }
  const contentType = document.datacontenttype ?? JSON_CONTENT_TYPE;
  if (contentType !== JSON_CONTENT_TYPE || document.datacontenttype === null) {
    throw unusable(`datacontenttype is ${shown(document.datacontenttype)}, not "${JSON_CONTENT_TYPE}"`);
  }
  if (!isObject(document.data)) throw unusable("data is not an object");
  // A document without one belongs to no client, and is refused as such.
  const clientId = Object.hasOwn(document, "clientid") ? document.clientid : "";
  if (typeof clientId !== "string") throw unusable("clientid is not text");
  return Object.freeze({
    clientId,
    id: text(document, "id"),
    source: text(document, "source"),
    type: text(document, "type"),
    subject: text(document, "subject"),
    time: time(document),
    data: document.data,
  });
}

function parsed(message) {
  try {
    return parseObject(message, "The Message");
  } catch (error) {
    if (!(error instanceof MalformedRequest)) throw error;
    throw new UnusableEvent("not_cloudevents", error.sentence);
  }
}

function text(document, name) {
  const value = document[name];
  if (typeof value !== "string" || !value) throw unusable(`${name} is missing, empty or not text`);
  return value;
}

function time(document) {
  const value = text(document, "time");
  const moment = new Date(value);
  if (!TIME.test(value) || Number.isNaN(moment.getTime())) {
    throw unusable(`time is ${shown(value)}, not an RFC 3339 time`);
  }
  return moment;
}

function unusable(reason) {
  return new UnusableEvent("not_cloudevents", `The Message is not a CloudEvents document: ${reason}.`);
}
