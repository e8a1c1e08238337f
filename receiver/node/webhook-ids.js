// Which webhooks' subscriptions a receiver confirms.
//
// Anybody who is a client of the service can register your URL under a name of their own. What distinguishes your
// registration from theirs is the `webhook_id` that the service adds to the URL.

import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { UntrustedMessage } from "./refusals.js";

const PARAMETER = "webhook_id";
// SNS waits 15 s for the answer, and visiting the SubscribeURL needs time too.
const WAIT_SECONDS = 2;

// Return the webhook's ID from a request's URL, or from its path and query.
export function webhookIdIn(url) {
  const [, query = ""] = /^[^?#]*\?([^#]*)/.exec(url) ?? [];
  // The "&" keeps URLSearchParams from dropping a question mark that comes first.
  const found = new URLSearchParams(`&${query}`).getAll(PARAMETER);
  if (found.length !== 1 || !found[0]) {
    throw new UntrustedMessage(
      "webhook_id",
      `The request's URL has ${PARAMETER} ${found.length} times, not once: pass it with its query.`,
    );
  }
  return found[0];
}

// Expect the webhooks whose IDs are in a file, one a line. The file is read for each handshake, and made where it is
// missing.
export function webhookIdsIn(path) {
  closeSync(openSync(path, "a"));
  // For JavaScript, the byte order mark that Windows' editors and shells begin a file with is white space.
  return async (webhookId) => (await readFile(path, "utf8")).split(/\s+/).includes(webhookId);
}

// Holds expected webhook IDs; add one as soon as `POST /webhooks` has returned it. The handshake may come before that
// response. It then waits for the ID a few seconds, after which it is answered with a 503 and SNS repeats it.
export class WebhookIds {
  #ids = new Set();
  #waiting = new Map();
  #waitSeconds;

  constructor(webhookIds = [], { waitSeconds = WAIT_SECONDS } = {}) {
    // Each letter of a text would be an ID.
    if (typeof webhookIds === "string") {
      throw new TypeError('webhookIds is an array or a Set of webhook IDs, such as new WebhookIds(["wh_…"])');
    }
    this.#waitSeconds = waitSeconds;
    for (const each of webhookIds) this.add(each);
  }

  // Expect one more webhook.
  add(webhookId) {
    if (typeof webhookId !== "string" || !webhookId) throw new TypeError("a webhook ID is text, such as wh_…");
    this.#ids.add(webhookId);
    for (const wake of this.#waiting.get(webhookId) ?? []) wake();
  }

  // Expect a webhook no longer.
  discard(webhookId) {
    this.#ids.delete(webhookId);
  }

  // Say whether a webhook is expected.
  async has(webhookId) {
    if (!this.#ids.has(webhookId)) await this.#added(webhookId);
    return this.#ids.has(webhookId);
  }

  #added(webhookId) {
    const wakes = this.#waiting.get(webhookId) ?? new Set();
    this.#waiting.set(webhookId, wakes);
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        wakes.delete(wake);
        if (!wakes.size) this.#waiting.delete(webhookId);
        resolve();
      };
      const timer = setTimeout(wake, this.#waitSeconds * 1000);
      wakes.add(wake);
    });
  }
}
