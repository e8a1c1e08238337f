// The memory of events already handled.
//
// Deliveries are at least once: SNS repeats one whose answer got lost, and a redelivery days later is the same event
// again. An event is *claimed* while it is worked on and *settled* once the work is done, so that neither a crash in
// between loses it nor two copies arriving together are both worked on.

// Longer than SNS waits for an answer (15 s): a process that still holds a claim after this has died.
export const LEASE_SECONDS = 60;

export const Claim = Object.freeze({ NEW: "new", BUSY: "busy", DONE: "done" });

// Remembers the latest events of this process, forgetting them when it ends.
export class SeenInMemory {
  #capacity;
  #leaseSeconds;
  #clock;
  // Event ID to the moment a claim lapses; null once handled.
  #lapsesAt = new Map();

  constructor({ capacity = 100_000, leaseSeconds = LEASE_SECONDS, clock = () => Date.now() / 1000 } = {}) {
    this.#capacity = capacity;
    this.#leaseSeconds = leaseSeconds;
    this.#clock = clock;
  }

  // Take an event for a limited time, unless it is claimed (BUSY) or it was handled (DONE).
  claim(eventId) {
    const now = this.#clock();
    const lapsesAt = this.#lapsesAt.get(eventId);
    if (lapsesAt === null) return Claim.DONE;
    if (lapsesAt > now) return Claim.BUSY;
    this.#put(eventId, now + this.#leaseSeconds);
    return Claim.NEW;
  }

  // Remember the event as handled.
  settle(eventId) {
    this.#put(eventId, null);
  }

  // Give a claim back, so that the next copy of the event counts as new; a handled event stays so.
  release(eventId) {
    if (this.#lapsesAt.get(eventId) !== null) this.#lapsesAt.delete(eventId);
  }

  #put(eventId, lapsesAt) {
    this.#lapsesAt.delete(eventId);
    this.#lapsesAt.set(eventId, lapsesAt);
    if (this.#lapsesAt.size > this.#capacity) this.#lapsesAt.delete(this.#lapsesAt.keys().next().value);
  }
}
