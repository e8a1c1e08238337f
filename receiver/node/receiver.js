// Requests in, verified events out.

import { Certificates } from "./certificates.js";
import { confirm } from "./confirmation.js";
import { openEnvelope } from "./envelope.js";
import { parseEvent } from "./events.js";
import { fetch } from "./fetching.js";
import { Refused, TemporaryFailure } from "./refusals.js";
import { Claim, SeenInMemory } from "./seen.js";
import { certificateSource, confirmationSource } from "./sources.js";
import { isObject } from "./strict-json.js";
import { Trust } from "./trust.js";

// An event; a duplicate was handled before and needs nothing but a 200.
export class Delivered {
  constructor(event, duplicate, messageId) {
    Object.freeze(Object.assign(this, { event, duplicate, messageId }));
  }
}

// The subscription to a topic has been confirmed.
export class Confirmed {
  constructor(topicArn, messageId) {
    Object.freeze(Object.assign(this, { topicArn, messageId }));
  }
}

// The subscription to a topic has ended; nothing more will come.
export class Unsubscribed {
  constructor(topicArn, messageId) {
    Object.freeze(Object.assign(this, { topicArn, messageId }));
  }
}

// Verifies what SNS posts to one webhook. `seen` is a SeenInMemory unless given, which forgets at a restart.
export class Receiver {
  #trust;
  #seen;
  #fetch;
  #clock;
  #logger;
  #certificates;

  constructor(trust, options = {}) {
    // An object of a class, such as a SeenInMemory, has no option that could be seen.
    if (!isPlain(options)) throw new TypeError("pass the options as an object, such as { seen }");
    const { seen = new SeenInMemory(), fetch: get = fetch, clock = () => new Date(), logger = console, ...unknown } = options;
    if (!(trust instanceof Trust)) throw new TypeError("pass a Trust, such as new Trust({ clientId, topicArns, webhookIds })");
    const [name] = Object.keys(unknown);
    if (name) throw new TypeError(`${name} is not an option: they are seen, fetch, clock, logger`);
    for (const method of ["claim", "settle", "release"]) {
      if (typeof seen?.[method] !== "function") {
        throw new TypeError("seen is an object with claim, settle and release, such as new SeenInMemory()");
      }
    }
    for (const [what, value] of Object.entries({ fetch: get, clock, "logger.warn": logger?.warn })) {
      if (typeof value !== "function") throw new TypeError(`${what} is a function`);
    }
    this.#trust = trust;
    this.#seen = seen;
    this.#fetch = get;
    this.#clock = clock;
    this.#logger = logger;
    this.#certificates = new Certificates(get);
  }

  // Verify a request, do the work for a new event, and say what to answer: {status, text}.
  //
  // `url` is the request's URL, or its path, with the query; `body` is its body as it came, in bytes. `work` is called
  // once per event as long as it succeeds; when it throws, the answer is 503, SNS repeats the delivery, and `work` is
  // called again. It must be done within SNS's 15 s: queue what takes longer.
  async answer(url, headers, body, work) {
    if (typeof work !== "function") throw new TypeError("pass the function that does the work for an event");
    let received;
    try {
      received = await this.receive(url, headers, body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#logger.warn(`refused a webhook request: ${error.message}`);
      return { status: error.status, text: error.message };
    }
    if (received instanceof Confirmed) return { status: 200, text: "confirmed" };
    if (received instanceof Unsubscribed) return { status: 200, text: "unsubscribed" };
    if (received.duplicate) return { status: 200, text: "duplicate" };
    try {
      await work(received.event);
    } catch (error) {
      this.#logger.warn(`event ${received.event.id} was not handled:`, error);
      await this.release(received.event);
      return { status: 503, text: "not handled, please repeat" };
    }
    await this.settle(received.event);
    return { status: 200, text: "handled" };
  }

  // Verify a request, confirming the subscription where it asks for that and is an expected one.
  //
  // The event of a Delivered that is no duplicate is claimed for you: call `settle` when your work is done and only
  // then answer 200; call `release` and answer 503 when it failed. Throws Refused; answer with its `status`. Throws
  // TypeError for what no request holds.
  async receive(url, headers, body) {
    if (typeof url !== "string") throw new TypeError(`pass the request's URL with its query, as text, not ${typeof url}`);
    const envelope = openEnvelope(headers, body);
    const now = this.#clock();
    this.#trust.check(envelope, now);
    await this.#certificates.verify(envelope, certificateSource(envelope, this.#trust.authority), now);
    if (envelope.kind === "SubscriptionConfirmation") {
      const source = confirmationSource(envelope, this.#trust.authority);
      await this.#trust.checkWebhook(url);
      await confirm(source, this.#fetch);
      return new Confirmed(envelope.topicArn, envelope.messageId);
    }
    if (envelope.kind === "UnsubscribeConfirmation") {
      // Its SubscribeURL would undo the unsubscribing: not ours to decide.
      return new Unsubscribed(envelope.topicArn, envelope.messageId);
    }
    return this.#delivered(envelope);
  }

  // Remember the event as handled: every later copy is a duplicate.
  async settle(event) {
    await this.#seen.settle(idOf(event));
  }

  // Give the event back unhandled: the next copy of it is new.
  async release(event) {
    await this.#seen.release(idOf(event));
  }

  async #delivered(envelope) {
    const event = parseEvent(envelope.message);
    this.#trust.checkClient(event);
    const claim = await this.#seen.claim(event.id);
    if (claim === Claim.BUSY) {
      throw new TemporaryFailure("in_progress", `Another copy of event ${event.id} is being handled.`);
    }
    if (claim !== Claim.NEW && claim !== Claim.DONE) {
      throw new TypeError("seen.claim returns Claim.NEW, Claim.BUSY or Claim.DONE, or a promise of one");
    }
    return new Delivered(event, claim === Claim.DONE, envelope.messageId);
  }
}

function isPlain(value) {
  return isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function idOf(event) {
  if (typeof event?.id !== "string") throw new TypeError("pass the event of the Delivered");
  return event.id;
}
