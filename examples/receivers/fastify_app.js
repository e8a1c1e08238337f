// Receive order webhooks with Fastify: node fastify_app.js 8080

import Fastify from "fastify";
import { Receiver, fastifyRequest, readTrust, webhookIdsIn } from "order-webhooks-receiver";

// Events are remembered in memory: give `seen` to remember them over restarts, see docs/clients.md.
const receiver = new Receiver(readTrust("receiver.json", { webhookIds: webhookIdsIn("webhook-ids.txt") }));

// Does what the event asks for, within 15 seconds: put longer work on a queue of your own.
async function work(event) {
  if (event.type === "order.paid") console.log(`ship ${event.data.reference}`);
  else if (["order.declined", "order.failed"].includes(event.type)) console.log(`cancel ${event.data.reference}`);
}

const app = Fastify();

// In a plugin of its own, so that the rest of the application keeps its parsers: the kit needs the body as it came.
app.register(async (hooks) => {
  hooks.removeAllContentTypeParsers();
  hooks.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  hooks.post("/hooks/orders", async (request, reply) => {
    const answer = await receiver.answer(...(await fastifyRequest(request)), work);
    return reply.code(answer.status).type("text/plain").send(answer.text);
  });
});

await app.listen({ port: Number(process.argv[2] ?? 8080), host: "127.0.0.1" });
