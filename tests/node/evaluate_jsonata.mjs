// Evaluates JSONata expressions with the reference implementation. Reads a JSON list of
// {"expression", "states"} and prints the list of their results: {"value"} or, for an expression that fails
// or has no result, {"error"}.
import { readFileSync } from "node:fs";
import jsonata from "jsonata";

async function evaluate({ expression, states }) {
  try {
    const value = await jsonata(expression).evaluate(undefined, { states });
    return value === undefined ? { error: "no result" } : { value };
  } catch (error) {
    return { error: `${error.code} ${error.message}` };
  }
}

const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await Promise.all(cases.map(evaluate))));
