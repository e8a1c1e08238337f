// Says of each SNS message on standard input, one JSON document per line, what AWS's own validator says.
// Usage: node verify_sns.mjs <host:port of the signing certificate>
import { createInterface } from "node:readline";
import SnsValidator from "sns-validator";

const host = process.argv[2].replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const validator = new SnsValidator(new RegExp(`^${host}$`));

for await (const line of createInterface({ input: process.stdin })) {
  await new Promise((resolve) => {
    validator.validate(line, (error) => {
      console.log(error ? error.message : "valid");
      resolve();
    });
  });
}
