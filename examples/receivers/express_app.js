// Receive order webhooks with Express: node express_app.js 8080

import express from "express";
import { Receiver, expressRequest, readTrust, webhookIdsIn } from "order-webhooks-receiver";

// Events are remembered in memory: give `seen` to remember them over restarts, see docs/clients.md.
const receiver = new Receiver(readTrust("receiver.json", { webhookIds: webhookIdsIn("webhook-ids.txt") }));

// Does what the event asks for, within 15 seconds: put longer work on a queue of your own.
async function work(event) {
  if (event.type === "order.paid") console.log(`ship ${event.data.reference}`);
  else if (["order.declined", "order.failed"].includes(event.type)) console.log(`cancel ${event.data.reference}`);
}

const app = express();

// Before express.json(): the kit needs the body as it came.
app.post("/hooks/orders", async (request, response) => {
  const answer = await receiver.answer(...(await expressRequest(request)), work);
  response.status(answer.status).type("text/plain").send(answer.text);
});

app.use(express.json());

app.listen(Number(process.argv[2] ?? 8080), "127.0.0.1");
