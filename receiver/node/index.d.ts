// Receive order webhooks safely: verify what Amazon SNS signed. The names, refusals and answers are those of the
// Python kit.

/** Headers in whatever form a framework has them. */
export type Headers =
  | Record<string, string | string[] | undefined>
  | Iterable<readonly [string, string]>
  | ReadonlyMap<string, string>;

/** A body as it came, unparsed. A signature covers bytes, not what a parser made of them. */
export type Body = ArrayBuffer | ArrayBufferView;

/** What `receive` and `answer` take first: `receiver.answer(...(await expressRequest(request)), work)`. */
export type HookRequest = [url: string, headers: Headers, body: Body];

export interface TrustOptions {
  /** Whose events you expect, as the service knows you; every other client's are refused. */
  clientId: string;
  /** The topics you subscribed to; every other one is refused. */
  topicArns: readonly string[] | ReadonlySet<string>;
  /**
   * The webhooks whose subscriptions are confirmed: their IDs, a `WebhookIds`, or a function that is asked for each
   * handshake.
   */
  webhookIds:
    | readonly string[]
    | ReadonlySet<string>
    | WebhookIds
    | ((webhookId: string) => boolean | Promise<boolean>);
  /** 2 by default, which is what our topics use; version 1 rests on SHA-1. */
  minimumSignatureVersion?: 1 | 2;
  /** 5400 by default: SNS signs once and repeats one Timestamp over all retries. A redelivery is signed again. */
  maximumAgeSeconds?: number;
  /** 300 by default: how far this machine's clock may be behind. */
  maximumLeadSeconds?: number;
  /** One more SNS to trust, for local use. Without it, only AWS is trusted. */
  authority?: SigningAuthority | null;
}

/** What a receiver accepts. An option of the wrong type, or one that would accept more than it says, is a TypeError. */
export class Trust implements Required<Omit<TrustOptions, "topicArns" | "webhookIds">> {
  constructor(options: TrustOptions);
  readonly clientId: string;
  readonly topicArns: readonly string[];
  readonly webhookIds: readonly string[] | WebhookIds | ((webhookId: string) => boolean | Promise<boolean>);
  readonly minimumSignatureVersion: 1 | 2;
  readonly maximumAgeSeconds: number;
  readonly maximumLeadSeconds: number;
  readonly authority: SigningAuthority | null;
}

/**
 * Read a Trust from a JSON file with `client_id`, `topic_arns` and, for an emulator, `authority`. `make local` writes
 * one, so that a receiver is the same program there and in production.
 */
export function readTrust(file: string | URL, options: Pick<TrustOptions, "webhookIds">): Trust;

/** One more SNS to trust beside AWS's own: an emulator on the developer's machine. */
export class SigningAuthority {
  constructor(options: { certificateOrigin: string; confirmationOrigin: string; caFile: string | URL });
  readonly certificateOrigin: string;
  readonly confirmationOrigin: string;
  readonly caFile: string | URL;
}

/** Expect the webhooks whose IDs are in a file, one a line: it is read for each handshake. */
export function webhookIdsIn(file: string | URL): (webhookId: string) => Promise<boolean>;

/**
 * Holds expected webhook IDs; add one as soon as `POST /webhooks` has returned it. A handshake that comes first waits
 * a few seconds for it.
 */
export class WebhookIds {
  constructor(webhookIds?: Iterable<string>, options?: { waitSeconds?: number });
  add(webhookId: string): void;
  discard(webhookId: string): void;
  has(webhookId: string): Promise<boolean>;
}

/** One event, such as `order.paid`. */
export interface Event {
  /** The client that the event belongs to. */
  readonly clientId: string;
  /** The same for every copy of the event, retried or redelivered, to whichever webhook. */
  readonly id: string;
  readonly source: string;
  /** `order.paid`, `order.declined`, `order.failed` or `webhook.test`; be ready for new ones. */
  readonly type: string;
  /** The request ID that `POST /orders` answered with. */
  readonly subject: string;
  readonly time: Date;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as JSON.parse has it
  readonly data: Record<string, any>;
}

/** An event; a duplicate was handled before and needs nothing but a 200. */
export class Delivered {
  private constructor();
  readonly event: Event;
  readonly duplicate: boolean;
  readonly messageId: string;
}

/** The subscription to a topic has been confirmed. */
export class Confirmed {
  private constructor();
  readonly topicArn: string;
  readonly messageId: string;
  private readonly confirmed: true;
}

/** The subscription to a topic has ended; nothing more will come. */
export class Unsubscribed {
  private constructor();
  readonly topicArn: string;
  readonly messageId: string;
  private readonly unsubscribed: true;
}

/** The status and the text to answer a request with. */
export interface Answer {
  status: number;
  text: string;
}

/** A URL that may be visited; `caFile` replaces the system's certificate authorities. */
export interface Source {
  url: string;
  caFile?: string | URL;
}

export interface Reply {
  status: number;
  body: Uint8Array;
}

export interface ReceiverOptions {
  /** The memory of handled events; a `SeenInMemory` by default, which forgets at a restart. */
  seen?: SeenEvents;
  /** Gets a URL without following redirects; rejects when there is no reply. Give your own behind a proxy. */
  fetch?: (source: Source) => Promise<Reply>;
  clock?: () => Date;
  /** Where refusals and failures of your work are logged; `console` by default. */
  logger?: { warn(message: string, error?: unknown): void };
}

/** Verifies what SNS posts to one webhook. */
export class Receiver {
  constructor(trust: Trust, options?: ReceiverOptions);
  /**
   * Verify a request, do the work for a new event, and say what to answer. When `work` throws, the answer is 503 and
   * SNS repeats the delivery.
   */
  answer(url: string, headers: Headers, body: Body, work: (event: Event) => unknown): Promise<Answer>;
  /**
   * Verify a request. Throws Refused; answer with its `status`. The event of a Delivered that is no duplicate is
   * claimed for you: call `settle` when it is handled, or `release`.
   */
  receive(url: string, headers: Headers, body: Body): Promise<Delivered | Confirmed | Unsubscribed>;
  /** Remember the event as handled: every later copy is a duplicate. */
  settle(event: Event): Promise<void>;
  /** Give the event back unhandled: the next copy of it is new. */
  release(event: Event): Promise<void>;
}

/** The result of an attempt to claim an event. */
export const Claim: { readonly NEW: "new"; readonly BUSY: "busy"; readonly DONE: "done" };
export type Claim = "new" | "busy" | "done";

/** Remembers events by ID. */
export interface SeenEvents {
  /** Take an event for a limited time, unless it is claimed (BUSY) or it was handled (DONE). */
  claim(eventId: string): Claim | Promise<Claim>;
  /** Remember the event as handled. */
  settle(eventId: string): void | Promise<void>;
  /** Give a claim back, so that the next copy of the event counts as new; a handled event stays so. */
  release(eventId: string): void | Promise<void>;
}

/** Remembers the latest events of this process, forgetting them when it ends. */
export class SeenInMemory implements SeenEvents {
  constructor(options?: { capacity?: number; leaseSeconds?: number; clock?: () => number });
  claim(eventId: string): Claim;
  settle(eventId: string): void;
  release(eventId: string): void;
}

/** Remembers events in a file, each for 30 days by default; needs Node 22.13 or later. */
export class SeenInSqlite implements SeenEvents {
  constructor(path: string, options?: { leaseSeconds?: number; retentionSeconds?: number; clock?: () => number });
  claim(eventId: string): Claim;
  settle(eventId: string): void;
  release(eventId: string): void;
  close(): void;
}

/** Why a request was not accepted; `status` is the answer the sender should get. */
export class Refused extends Error {
  constructor(code: string, sentence: string);
  readonly code: string;
  readonly sentence: string;
  readonly status: number;
}
/** 400: not a message that SNS writes. */
export class MalformedRequest extends Refused {}
/** 403: not proven to be for you, from a topic you allowed. */
export class UntrustedMessage extends Refused {}
/** 413: a body larger than SNS can send. */
export class RequestTooLarge extends Refused {}
/** 422: truly from the topic, but not an event of ours. */
export class UnusableEvent extends Refused {}
/** 503: could not be decided or done now. */
export class TemporaryFailure extends Refused {}

/** Take a request of node:http, node:https or node:http2. */
export function nodeRequest(request: import("node:http").IncomingMessage): Promise<HookRequest>;

/** Take a request of Express 4 or 5, where no middleware has read the body, or express.raw() has. */
export function expressRequest(
  request: import("node:http").IncomingMessage & { originalUrl: string; body?: unknown },
): Promise<HookRequest>;

/** Take a request of Fastify 4 or 5, where the content type parser leaves the body as a Buffer. */
export function fastifyRequest(request: {
  raw: { url?: string };
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}): Promise<HookRequest>;

/** Take a Fetch request, as Hono, Next.js, Deno and Bun have them. */
export function fetchRequest(request: Request): Promise<HookRequest>;
