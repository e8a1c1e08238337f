// The handshake: a subscription becomes active when its owner visits the SubscribeURL.

import { TemporaryFailure, UntrustedMessage, shown } from "./refusals.js";

// https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html#API_ConfirmSubscription_Errors
const REFUSED = [400, 403, 404];

// Visit the URL that confirms a subscription. A token is valid for two days.
export async function confirm(source, fetch) {
  let reply;
  try {
    reply = await fetch(source);
  } catch (error) {
    throw new TemporaryFailure("confirmation_failed", `SNS could not be reached to confirm: ${shown(error.message)}.`);
  }
  if (reply.status === 200) return;
  if (REFUSED.includes(reply.status)) {
    throw new UntrustedMessage("confirmation_refused", `SNS refused the confirmation with ${reply.status}.`);
  }
  throw new TemporaryFailure("confirmation_failed", `SNS answered the confirmation with ${reply.status}.`);
}
