// One HTTP GET without redirects, with a deadline and a bound on what is read.

import http from "node:http";
import https from "node:https";
import { authorityOf } from "./sources.js";

// SNS gives an attempt 15 s in all, so the certificate must be here long before.
const TIMEOUT_MILLISECONDS = 5000;
const MAXIMUM_BYTES = 64 * 1024;
const ALLOWED = /^(https:|http:\/\/(localhost|127(\.[0-9]+){3}|\[::1\])[:/])/;

// Get a source's URL directly: {status, body}. Rejects where the host cannot be reached, does not prove its name, is
// too slow or sends too much.
export function fetch(source) {
  return new Promise((resolve, reject) => {
    if (!ALLOWED.test(source.url)) throw new Error(`${source.url} is neither https nor this machine`);
    const client = source.url.startsWith("https:") ? https : http;
    const options = { ca: authorityOf(source), signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) };
    const request = client.get(source.url, options, (response) => {
      const chunks = [];
      let length = 0;
      response.on("data", (chunk) => {
        length += chunk.length;
        if (length > MAXIMUM_BYTES) request.destroy(new Error(`the reply is longer than ${MAXIMUM_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(chunks) }));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
