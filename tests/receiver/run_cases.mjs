// Put cases, one JSON document on standard input, through docs/examples/verify.mjs; print what became of each.
import { pathToFileURL } from "node:url";

const { createReceiver, Refused } = await import(pathToFileURL(process.argv[2]));

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const results = {};
for (const { name, url, headers, body, replies, now, options } of JSON.parse(Buffer.concat(chunks))) {
  const visited = [];
  const get = async (url) => {
    visited.push(url);
    const reply = replies[url];
    if (!reply) throw new Error("no such host");
    return { status: reply.status, body: Buffer.from(reply.body, "base64") };
  };
  // Without a table of replies it fetches by its own means.
  const receive = createReceiver({ ...options, now: () => new Date(now), ...(replies && { get }) });
  try {
    const { kind, event } = await receive(url, headers, Buffer.from(body, "base64"));
    results[name] = { outcome: kind, status: 200, visited, event };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    results[name] = { outcome: error.code, status: error.status, visited };
  }
}
console.log(JSON.stringify(results));
