// What `receive` and `answer` take, from the request of each framework: the URL, the headers and the raw body.
//
//   await receiver.answer(...(await expressRequest(request)), work);
//
// At most one byte more than the kit accepts is read of a body: `answer` then refuses it with a 413.

import { MAXIMUM_BODY_BYTES } from "./envelope.js";

// Take a request of node:http, node:https or node:http2.
export async function nodeRequest(request) {
  if (typeof request?.headers !== "object" || typeof request.url !== "string") throw new TypeError("pass Node's request");
  return [request.url, request.headers, await readBody(request, "before anything else reads the body")];
}

// Take a request of Express 4 or 5, where no middleware has read the body, or express.raw() has.
export async function expressRequest(request) {
  if (typeof request?.originalUrl !== "string") throw new TypeError("pass Express's request");
  const advice = 'register this route before express.json(), or give it express.raw({ type: "*/*", limit: "1mb" })';
  const body = request.body instanceof Uint8Array ? request.body : await readBody(request, advice);
  return [request.originalUrl, request.headers, body];
}

// Take a request of Fastify 4 or 5, where the content type parser leaves the body as a Buffer.
export async function fastifyRequest(request) {
  if (typeof request?.raw?.url !== "string") throw new TypeError("pass Fastify's request");
  if (!(request.body instanceof Uint8Array)) {
    throw new TypeError(
      "Fastify has parsed the body: register this route in a plugin with removeAllContentTypeParsers() and " +
        'addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body))',
    );
  }
  return [request.raw.url, request.headers, request.body];
}

// Take a Fetch request, as Hono, Next.js, Deno, Bun and service workers have them.
export async function fetchRequest(request) {
  if (typeof request?.url !== "string" || typeof request.headers?.get !== "function") {
    throw new TypeError("pass the Fetch Request");
  }
  if (request.bodyUsed) throw new TypeError("the body was read before: pass the request before request.json() or text()");
  return [request.url, request.headers, await collect(request.body ?? [])];
}

async function readBody(stream, advice) {
  // A parser that has read the body leaves nothing in the stream, whatever else it puts in its place.
  if (stream.readableDidRead || stream.readableEnded) throw new TypeError(`the body was read before: ${advice}`);
  // To destroy the stream would close the connection before the answer.
  return collect(stream.iterator({ destroyOnReturn: false }));
}

async function collect(chunks) {
  const read = [];
  let length = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    length += chunk.length;
    if (length > MAXIMUM_BODY_BYTES) break;
  }
  return Buffer.concat(read).subarray(0, MAXIMUM_BODY_BYTES + 1);
}
