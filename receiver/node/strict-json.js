// JSON read in the one way that two readers cannot understand differently.

import { MalformedRequest, shown } from "./refusals.js";

const MAXIMUM_DEPTH = 64;

// Parse a JSON object, refusing repeated keys and deep nesting: MalformedRequest with `not_json`, `duplicate_key` or
// `too_deep`.
export function parseObject(json, name) {
  let value;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new MalformedRequest("not_json", `${name} is not JSON: ${shown(error.message)}.`);
  }
  if (!isObject(value)) throw new MalformedRequest("not_json", `${name} is not a JSON object.`);
  checkKeys(json, name);
  return value;
}

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// JSON.parse takes the last of two equal keys in silence; a proxy in front may have judged the first. The text is
// known to be JSON here.
function checkKeys(json, name) {
  const open = [];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === "{" || character === "[") {
      if (open.push(character === "{" ? new Set() : null) > MAXIMUM_DEPTH) {
        throw new MalformedRequest("too_deep", `${name} is nested more than ${MAXIMUM_DEPTH} levels deep.`);
      }
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      const start = at;
      for (at += 1; json[at] !== '"'; at += 1) if (json[at] === "\\") at += 1;
      if (!isKey(json, at + 1)) continue;
      const key = JSON.parse(json.slice(start, at + 1));
      if (open.at(-1).has(key)) throw new MalformedRequest("duplicate_key", `The key ${shown(key)} occurs twice.`);
      open.at(-1).add(key);
    }
  }
}

function isKey(json, at) {
  let next = at;
  while (" \t\r\n".includes(json[next] ?? "end")) next += 1;
  return json[next] === ":";
}
