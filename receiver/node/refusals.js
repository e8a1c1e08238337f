// Why a request was refused, and what to answer to it. The classes, codes and statuses are those of the Python kit.
//
// SNS repeats a delivery after a 5xx and gives up after a 4xx. So a 4xx is only for what can never become acceptable.
// Where a later attempt, a redelivery, a corrected clock or a registration can change the outcome, it is a 503.

export class Refused extends Error {
  static status = 400;

  constructor(code, sentence) {
    super(`${code}: ${sentence}`);
    this.name = new.target.name;
    this.code = code;
    this.sentence = sentence;
    this.status = new.target.status;
  }
}

// Not a message as SNS writes them.
export class MalformedRequest extends Refused {
  static status = 400;
}

// The origin, topic, client or destination is not the expected one.
export class UntrustedMessage extends Refused {
  static status = 403;
}

// A body larger than SNS can send.
export class RequestTooLarge extends Refused {
  static status = 413;
}

// A genuine notification that does not hold an event of ours.
export class UnusableEvent extends Refused {
  static status = 422;
}

// Refused for now, so that SNS repeats the delivery.
export class TemporaryFailure extends Refused {
  static status = 503;
}

// Quote something that the sender wrote, short and in printable ASCII: it goes into logs.
export function shown(value, limit = 120) {
  const text = quoted(value);
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

// Quote the end of something that the sender wrote: of an ARN, the part that differs.
export function shownEnd(value, limit = 120) {
  const text = quoted(value);
  return text.length <= limit ? text : `"…${text.slice(2 - limit)}`;
}

// Quote what was expected: the first few in order, and how many more there are.
export function listed(values, limit = 3) {
  const first = values.toSorted().slice(0, limit).map((value) => shownEnd(value));
  const more = values.length - first.length;
  return [...first, ...(more ? [`and ${more} more`] : [])].join(", ");
}

function quoted(value) {
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return (JSON.stringify(value) ?? String(value)).replace(/[^\x20-\x7e]/g, escaped);
}
