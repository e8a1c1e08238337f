// A request's headers, in whatever form a framework has them.

import { MalformedRequest } from "./refusals.js";

// Return the headers' values by their names in lower case. Takes Node's object, a Fetch Headers object, a Map, or
// names and values in pairs; TypeError for what holds no headers.
export function namedHeaders(headers) {
  const wrong = () => new TypeError("pass the request's headers: Node's object, a Headers object, a Map or pairs");
  if (typeof headers !== "object" || headers === null) throw wrong();
  const pairs = typeof headers[Symbol.iterator] === "function" ? [...headers] : Object.entries(headers);
  const named = {};
  for (const pair of pairs) {
    if (!Array.isArray(pair) || typeof pair[0] !== "string") throw wrong();
    const name = pair[0].toLowerCase();
    const value = String(pair[1]);
    if (name.startsWith("x-amz-sns-") && Object.hasOwn(named, name) && named[name] !== value) {
      throw new MalformedRequest("header_mismatch", `The header ${name} occurs twice, with two values.`);
    }
    named[name] = value;
  }
  return named;
}
