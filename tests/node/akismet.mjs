// Asks as programs do that use the Akismet clients of npm.
// In: {port, key, spam, ham}: a server on this machine, and two comments by Akismet's
// field names. Out: by client what each of its calls gave.
import dns from "node:dns";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

import * as cedx from "@cedx/akismet";
import callbacks from "akismet";
import promises from "akismet-api";

const BLOG = "https://blog.example/";
const { port, key, spam, ham } = JSON.parse(await text(process.stdin));
const root = `http://localhost:${port}`;

// Some clients put the key before the name of the host: as a wildcard record would have
// it, every name leads here.
dns.lookup = (name, options, done = options) =>
  process.nextTick(() =>
    options.all
      ? done(null, [{ address: "127.0.0.1", family: 4 }])
      : done(null, "127.0.0.1", 4),
  );

// The key in the body.
async function askByCedx(key) {
  const client = new cedx.Client(key, new cedx.Blog({ url: BLOG }), { baseUrl: root });
  const make = (given) =>
    new cedx.Comment({
      author: new cedx.Author({
        email: given.comment_author_email,
        ipAddress: given.user_ip,
        name: given.comment_author,
        userAgent: given.user_agent,
      }),
      content: given.comment_content,
      type: cedx.CommentType.comment,
    });
  if (!(await client.verifyKey())) return { valid: false };
  const found = {
    valid: true,
    spam: await client.checkComment(make(spam)),
    ham: await client.checkComment(make(ham)),
  };
  await client.submitSpam(make(spam));
  await client.submitHam(make(ham));
  return found;
}

// The key before the name of the host, but to verify it.
async function askByPromises(key) {
  const client = new promises.AkismetClient({
    blog: BLOG,
    host: `localhost:${port}`,
    key,
    protocol: "http",
  });
  if (!(await client.verifyKey())) return { valid: false };
  const found = {
    valid: true,
    spam: await client.checkSpam(spam),
    ham: await client.checkSpam(ham),
  };
  const told = [await client.submitSpam(spam), await client.submitHam(ham)];
  return { ...found, told: told.map((answer) => answer.text) };
}

// Likewise; by callbacks, and an HTTP client that is no longer kept up.
async function askByCallbacks(key) {
  const client = callbacks.client({ apiKey: key, blog: BLOG, host: "localhost", port });
  const ask = (name, ...given) => promisify(client[name].bind(client))(...given);
  if (!(await ask("verifyKey"))) return { valid: false };
  const found = {
    valid: true,
    spam: await ask("checkComment", { ...spam }),
    ham: await ask("checkComment", { ...ham }),
  };
  await ask("submitSpam", { ...spam });
  await ask("submitHam", { ...ham });
  return found;
}

const clients = {
  "@cedx/akismet": askByCedx,
  "akismet-api": askByPromises,
  akismet: askByCallbacks,
};
const results = {};
for (const [name, run] of Object.entries(clients)) {
  results[name] = { good: await run(key), bad: await run("0".repeat(48)) };
}
console.log(JSON.stringify(results));
