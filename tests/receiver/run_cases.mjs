// Put cases, one JSON document on standard input, through the kit for Node; print what became of each.
import { pathToFileURL } from "node:url";

const { Delivered, Receiver, Refused, SigningAuthority, Trust } = await import(pathToFileURL(process.argv[2]));

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const results = {};
for (const { name, url, headers, body, replies, now, trust, authority } of JSON.parse(Buffer.concat(chunks))) {
  const visited = [];
  const caFiles = [];
  const fetch = async (source) => {
    visited.push(source.url);
    caFiles.push(source.caFile ?? null);
    const reply = replies[source.url];
    if (!reply) throw new Error("no such host");
    return { status: reply.status, body: Buffer.from(reply.body, "base64") };
  };
  // Without a table of replies it fetches by its own means.
  const options = { clock: () => new Date(now), ...(replies && { fetch }) };
  const given = { ...trust, authority: authority && new SigningAuthority(authority) };
  const receiver = new Receiver(new Trust(given), options);
  try {
    const received = await receiver.receive(url, headers, Buffer.from(body, "base64"));
    const outcome = received instanceof Delivered ? "event" : received.constructor.name.toLowerCase();
    results[name] = { outcome, status: 200, visited, caFiles, event: received.event, sentence: "Accepted." };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    results[name] = { outcome: error.code, status: error.status, visited, sentence: error.sentence };
  }
}
console.log(JSON.stringify(results));
