// What a client runs to receive webhooks safely; index.d.ts describes it. No package is needed.

export { expressRequest, fastifyRequest, fetchRequest, nodeRequest } from "./frameworks.js";
export { Confirmed, Delivered, Receiver, Unsubscribed } from "./receiver.js";
export {
  MalformedRequest,
  Refused,
  RequestTooLarge,
  TemporaryFailure,
  UntrustedMessage,
  UnusableEvent,
} from "./refusals.js";
export { Claim, SeenInMemory } from "./seen.js";
export { SeenInSqlite } from "./seen-in-sqlite.js";
export { SigningAuthority } from "./sources.js";
export { Trust } from "./trust.js";
export { readTrust } from "./trust-file.js";
export { WebhookIds, webhookIdsIn } from "./webhook-ids.js";
