// Evaluate expressions, a JSON array on standard input, with the kit for Node at hand; print what each gives: its value,
// or the error's class and message.
import { pathToFileURL } from "node:url";

const kit = await import(pathToFileURL(process.argv[2]));

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { setup, expressions } = JSON.parse(Buffer.concat(chunks));
const results = {};
for (const expression of expressions) {
  const source = `return (async () => { ${setup}; return (${expression}); })()`;
  try {
    const value = await new Function(...Object.keys(kit), source)(...Object.values(kit));
    const isMade = typeof value === "object" && [kit.Trust, kit.Receiver, kit.SigningAuthority].includes(value?.constructor);
    results[expression] = isMade ? `a ${value.constructor.name}` : value;
  } catch (error) {
    results[expression] = `${error.constructor.name}: ${error.message}`;
  }
}
console.log(JSON.stringify(results));
