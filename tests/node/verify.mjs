// Verifies requests with the libraries of Standard Webhooks and of Svix.
// In: [{secret, headers, body}]. Out: [{standardwebhooks, svix}], each the message as
// it was read, or null if it was refused.
import { text } from "node:stream/consumers";

import { Webhook as Standard } from "standardwebhooks";
import { Webhook as Svix } from "svix";

const libraries = { standardwebhooks: Standard, svix: Svix };

function verify(Webhook, { secret, headers, body }) {
  try {
    return new Webhook(secret).verify(body, headers);
  } catch (error) {
    // Anything else is a fault of this script.
    if (error.constructor.name !== "WebhookVerificationError") throw error;
    return null;
  }
}

const requests = JSON.parse(await text(process.stdin));
const found = requests.map((request) =>
  Object.fromEntries(
    Object.entries(libraries).map(([name, kind]) => [name, verify(kind, request)]),
  ),
);
console.log(JSON.stringify(found));
