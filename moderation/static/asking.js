// Owns how the pages send what their forms say: one request, one clear answer.

const PATIENCE = 20_000;

/** Why something was not done, in words to show. */
export class Refusal extends Error {
  constructor(text, { status = 0, isLoggedOut = false } = {}) {
    super(text);
    this.status = status;
    this.isLoggedOut = isLoggedOut;
  }
}

/** Post fields and return what became of it; throw a Refusal if nothing did. */
export async function post(url, fields) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json" },
      redirect: "manual",
      // It is sent even if the page is left in this moment.
      keepalive: true,
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Refusal("No answer came: the network is gone, or the service is. Try again.");
  }
  // The token of a page is good for its login: with that ended it is refused (400).
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 400) {
    throw new Refusal("Your login has ended. Nothing was changed, and nothing you wrote is lost.", {
      status: answer.status,
      isLoggedOut: true,
    });
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Refusal(said.detail ?? "The service did not do it. Try again.", { status: answer.status });
  }
  return said;
}
