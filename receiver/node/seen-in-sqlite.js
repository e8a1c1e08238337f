// A memory of handled events in an SQLite file: it survives a restart and serves several processes. The file is the
// same as the Python kit's.

import { Claim, LEASE_SECONDS } from "./seen.js";

// Redeliveries go on for days; an operator may start one later.
const RETENTION_SECONDS = 30 * 24 * 3600;
const WAIT_MILLISECONDS = 5000;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS seen_events (event_id TEXT PRIMARY KEY, lapses_at REAL, written_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS seen_events_by_age ON seen_events (written_at);
`;
const WRITE = "INSERT OR REPLACE INTO seen_events (event_id, lapses_at, written_at) VALUES (?, ?, ?)";

// Remembers events in a file, each for 30 days by default. It uses Node's own SQLite, which came with Node 22.13.
export class SeenInSqlite {
  #database;
  #leaseSeconds;
  #retentionSeconds;
  #clock;

  constructor(path, options = {}) {
    const sqlite = process.getBuiltinModule?.("node:sqlite");
    if (!sqlite) {
      throw new Error(
        `SeenInSqlite needs Node 22.13 or later, this is ${process.version}: pass an object of your own with claim, ` +
          "settle and release, which keeps event IDs in your database",
      );
    }
    this.#leaseSeconds = options.leaseSeconds ?? LEASE_SECONDS;
    this.#retentionSeconds = options.retentionSeconds ?? RETENTION_SECONDS;
    this.#clock = options.clock ?? (() => Date.now() / 1000);
    this.#database = new sqlite.DatabaseSync(path);
    this.#database.exec(`PRAGMA busy_timeout = ${WAIT_MILLISECONDS};${SCHEMA}`);
  }

  // Take an event for a limited time, unless it is claimed (BUSY) or it was handled (DONE).
  claim(eventId) {
    const now = this.#clock();
    return this.#transaction(() => {
      this.#run("DELETE FROM seen_events WHERE written_at < ?", now - this.#retentionSeconds);
      const row = this.#database.prepare("SELECT lapses_at FROM seen_events WHERE event_id = ?").get(eventId);
      if (row?.lapses_at === null) return Claim.DONE;
      if (row !== undefined && row.lapses_at > now) return Claim.BUSY;
      this.#run(WRITE, eventId, now + this.#leaseSeconds, now);
      return Claim.NEW;
    });
  }

  // Remember the event as handled.
  settle(eventId) {
    this.#run(WRITE, eventId, null, this.#clock());
  }

  // Give a claim back, so that the next copy of the event counts as new; a handled event stays so.
  release(eventId) {
    this.#run("DELETE FROM seen_events WHERE event_id = ? AND lapses_at IS NOT NULL", eventId);
  }

  // Close the file.
  close() {
    this.#database.close();
  }

  #run(statement, ...values) {
    this.#database.prepare(statement).run(...values);
  }

  #transaction(work) {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
