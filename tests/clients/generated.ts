// Call the service with the types that openapi-typescript generated; print what came. The arguments are the API's URL and a hook's.
import createClient from "openapi-fetch";
import type { components, paths } from "./order-webhooks.d.ts";

const headers = { "x-client-id": "generated-ts" };
const client = createClient<paths>({ baseUrl: process.argv[2], headers });

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("no data");
  return value;
}

const health = present((await client.GET("/health")).data);

const item: components["schemas"]["Item"] = { sku: "KB-75", name: "Keyboard", quantity: 2, unit_amount: 4995 };
const order: components["schemas"]["OrderRequest"] = {
  reference: "PO-1001",
  currency: "EUR",
  items: [item],
  payment_method: "pm_card_visa",
};
const accepted = present((await client.POST("/orders", { body: order })).data);

const path = { request_id: accepted.request_id };
let shown: components["schemas"]["OrderView"] | undefined;
do {
  shown = (await client.GET("/orders/{request_id}", { params: { path } })).data;
} while (!shown || shown.status === "pending");
const same: components["schemas"]["Item"][] = shown.items;

const refused = present((await client.POST("/orders", { body: { ...order, items: [] } })).error);

// event_types has a default, so it may be left out.
const webhook = present((await client.POST("/webhooks", { body: { url: process.argv[3] } })).data);
const listed = present((await client.GET("/webhooks")).data);
const ended = await client.DELETE("/webhooks/{webhook_id}", { params: { path: { webhook_id: webhook.webhook_id } } });

console.log(
  JSON.stringify({
    health: health.status,
    order: shown.status,
    items: same,
    refused: "errors" in refused ? refused.errors : refused,
    webhooks: listed.webhooks.map((each) => each.status),
    deleted: ended.response.status,
  }),
);
