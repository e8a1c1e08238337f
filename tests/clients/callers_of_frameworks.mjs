// Post to servers of Express, Fastify and node:http whose routes take the body with the kit, as it is and after
// something has read it; print what became of each as JSON.

import { once } from "node:events";
import { createServer } from "node:http";
import express from "express";
import Fastify from "fastify";
import { expressRequest, fastifyRequest, fetchRequest, nodeRequest } from "order-webhooks-receiver";

const BODY = '{"Type": "Notification"}';
const PATH = "/hooks/orders?webhook_id=wh_1";
const LONG = "x".repeat(1024 * 1024 + 100);

const outcome = async (taken) => {
  try {
    const [url, headers, body] = await taken();
    if (!url.endsWith(PATH)) return `the URL ${url}`;
    const named = headers instanceof Headers ? Object.fromEntries(headers) : headers;
    if (named["x-amz-sns-message-id"] !== "m-1") return "other headers";
    return Buffer.from(body).toString() === BODY ? "the body" : `${body.length} bytes`;
  } catch (error) {
    return `${error.constructor.name}: ${error.message}`;
  }
};

const post = async (listener, { body = BODY, type = "application/json", chunked = false } = {}) => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}${PATH}`;
  const sent = chunked ? new Blob([body]).stream() : body;
  const headers = { "content-type": type, "x-amz-sns-message-id": "m-1" };
  try {
    return await (await fetch(url, { method: "POST", headers, body: sent, duplex: "half" })).text();
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const ofExpress = (before, options) => {
  const app = express();
  if (before) app.use(before);
  app.post("/hooks/orders", async (request, response) => response.send(await outcome(() => expressRequest(request))));
  return post(app, options);
};

const ofFastify = async (isRaw) => {
  const app = Fastify();
  app.register(async (hooks) => {
    if (isRaw) {
      hooks.removeAllContentTypeParsers();
      hooks.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    }
    hooks.post("/hooks/orders", (request) => outcome(() => fastifyRequest(request)));
  });
  await app.ready();
  return post((request, response) => app.routing(request, response));
};

const ofNode = (before, options) =>
  post(async (request, response) => {
    if (before) await before(request);
    response.end(await outcome(() => nodeRequest(request)));
  }, options);

const ofFetch = async (before, body = BODY) => {
  const headers = { "x-amz-sns-message-id": "m-1" };
  const request = new Request(`https://shop.example${PATH}`, { method: "POST", headers, body });
  if (before) await before(request);
  return outcome(() => fetchRequest(request));
};

const drain = async (request) => {
  for await (const _ of request) continue;
};

console.log(
  JSON.stringify({
    "express": await ofExpress(),
    "express, in chunks": await ofExpress(undefined, { chunked: true }),
    "express, raw": await ofExpress(express.raw({ type: "*/*" })),
    "express, text before that JSON parser": await ofExpress(express.json(), { type: "text/plain" }),
    "express, parsed as JSON before": await ofExpress(express.json()),
    "express, parsed as text before": await ofExpress(express.text({ type: "*/*" })),
    "express, a long body": await ofExpress(undefined, { body: LONG }),
    "express, another object": await outcome(() => expressRequest({ body: {} })),
    "fastify, raw": await ofFastify(true),
    "fastify, parsed as JSON": await ofFastify(false),
    "fastify, another object": await outcome(() => fastifyRequest({ body: {} })),
    "node": await ofNode(),
    "node, read before": await ofNode(drain),
    "node, a long body": await ofNode(undefined, { body: LONG }),
    "node, another object": await outcome(() => nodeRequest({})),
    "fetch": await ofFetch(),
    "fetch, read before": await ofFetch((request) => request.json()),
    "fetch, a long body": await ofFetch(undefined, LONG),
    "fetch, another object": await outcome(() => fetchRequest("https://shop.example")),
  }),
);
