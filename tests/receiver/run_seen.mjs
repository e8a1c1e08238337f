// Put cases, one JSON document on standard input, through a memory of handled events; print what each step gave.
import { pathToFileURL } from "node:url";

const kit = await import(pathToFileURL(process.argv[2]));

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { memory, path, cases } = JSON.parse(Buffer.concat(chunks));
const results = {};
for (const [name, steps] of Object.entries(cases)) {
  let seconds = 1_000_000;
  const options = { leaseSeconds: 60, clock: () => seconds };
  const file = `${path}/${Object.keys(results).length}.sqlite3`;
  const seen = memory === "SeenInMemory" ? new kit.SeenInMemory(options) : new kit.SeenInSqlite(file, options);
  results[name] = steps.map(([asked, argument]) => {
    if (asked === "wait") seconds += argument;
    return asked === "wait" ? null : (seen[asked](argument)?.toUpperCase() ?? null);
  });
}
console.log(JSON.stringify(results));
