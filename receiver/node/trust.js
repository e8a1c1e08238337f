// What a receiver accepts: for which client, from which topics, how old, signed by whom, confirmed where.

import { TemporaryFailure, UntrustedMessage, listed, shown, shownEnd } from "./refusals.js";
import { SigningAuthority, snsOrigin } from "./sources.js";
import { isObject } from "./strict-json.js";
import { WebhookIds, webhookIdIn } from "./webhook-ids.js";

const DEFAULTS = { minimumSignatureVersion: 2, maximumAgeSeconds: 5400, maximumLeadSeconds: 300, authority: null };
const REQUIRED = ["clientId", "topicArns", "webhookIds"];

// Says what a receiver accepts; the options are described in index.d.ts. An option of the wrong type, or one that
// would accept more than it says, is a TypeError.
export class Trust {
  constructor(options) {
    if (!isObject(options)) throw new TypeError(`pass an object with ${REQUIRED.join(", ")}`);
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const known = [...REQUIRED, ...Object.keys(DEFAULTS)];
    const unknown = given.find(([name]) => !known.includes(name));
    if (unknown) throw new TypeError(`${unknown[0]} is not an option: they are ${known.join(", ")}`);
    Object.assign(this, DEFAULTS, Object.fromEntries(given));
    if (!isText(this.clientId)) {
      throw new TypeError('clientId is text: your client ID as the service knows you, such as "123456789012:role/Shop"');
    }
    this.topicArns = texts("topicArns", 'topic ARNs, such as ["arn:aws:sns:…"]', this.topicArns);
    this.topicArns.forEach(snsOrigin);
    if (typeof this.webhookIds !== "function" && !(this.webhookIds instanceof WebhookIds)) {
      const what = 'webhook IDs, such as ["wh_…"], or a function such as webhookIdsIn(path)';
      this.webhookIds = texts("webhookIds", what, this.webhookIds);
    }
    this.#checkBounds();
    Object.freeze(this);
  }

  // Refuse what needs no certificate to be refused: topic, signature version, age.
  check(envelope, now) {
    if (!this.topicArns.includes(envelope.topicArn)) {
      throw new UntrustedMessage(
        "topic_not_allowed",
        `The topic ${shownEnd(envelope.topicArn)} is not in topicArns: ${listed(this.topicArns)}.`,
      );
    }
    const known = ["1", "2"].slice(this.minimumSignatureVersion - 1);
    if (!known.includes(envelope.signatureVersion)) {
      throw new UntrustedMessage(
        "signature_version",
        `Signature version ${shown(envelope.signatureVersion)} is not among ${known.join(", ")}.`,
      );
    }
    const ageSeconds = (now - Date.parse(envelope.timestamp)) / 1000;
    if (ageSeconds > this.maximumAgeSeconds) {
      // A redelivery is signed again; or this machine's clock is fast.
      throw new TemporaryFailure(
        "too_old",
        `The message is of ${envelope.timestamp}, more than ${this.maximumAgeSeconds} s before this machine's ${clock(now)}.`,
      );
    }
    if (-ageSeconds > this.maximumLeadSeconds) {
      // Most likely this machine's clock is slow: a later attempt can succeed.
      throw new TemporaryFailure(
        "from_the_future",
        `The message is of ${envelope.timestamp}, more than ${this.maximumLeadSeconds} s after this machine's ${clock(now)}.`,
      );
    }
  }

  // Refuse another client's event: a genuine message, but not for this receiver.
  checkClient(event) {
    if (event.clientId !== this.clientId) {
      throw new UntrustedMessage(
        "client_not_allowed",
        `The event is for the client ${shown(event.clientId)}, not for ${shown(this.clientId)}.`,
      );
    }
  }

  // Refuse to confirm a webhook that is not expected.
  async checkWebhook(url) {
    const webhookId = webhookIdIn(url);
    const expected = await this.#expects(webhookId);
    if (typeof expected !== "boolean") {
      throw new TypeError(`webhookIds returned ${typeof expected}, not true or false`);
    }
    if (!expected) {
      const known = Array.isArray(this.webhookIds) ? `: ${listed(this.webhookIds)}` : "";
      throw new TemporaryFailure(
        "webhook_not_expected",
        `The webhook ${shown(webhookId)} is not in webhookIds (yet)${known}.`,
      );
    }
  }

  #expects(webhookId) {
    if (this.webhookIds instanceof WebhookIds) return this.webhookIds.has(webhookId);
    return typeof this.webhookIds === "function" ? this.webhookIds(webhookId) : this.webhookIds.includes(webhookId);
  }

  #checkBounds() {
    if (![1, 2].includes(this.minimumSignatureVersion)) throw new TypeError("minimumSignatureVersion is 1 or 2");
    for (const name of ["maximumAgeSeconds", "maximumLeadSeconds"]) {
      if (!Number.isFinite(this[name]) || this[name] < 0) {
        throw new TypeError(`${name} is a number that is finite and not negative`);
      }
    }
    if (this.authority !== null && !(this.authority instanceof SigningAuthority)) {
      throw new TypeError("authority is a SigningAuthority or null");
    }
  }
}

// A copy: what the caller does to its own list later changes nothing here.
function texts(name, what, values) {
  const list = Array.isArray(values) || values instanceof Set ? [...values] : [];
  if (!list.length || !list.every(isText)) throw new TypeError(`${name} is an array or a Set of one or more ${what}`);
  return Object.freeze(list);
}

function clock(now) {
  return now.toISOString().replace(/\.[0-9]+Z$/, "Z");
}

function isText(value) {
  return typeof value === "string" && value !== "";
}
