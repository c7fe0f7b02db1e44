// Owns what the page of one comment does by itself: it keeps what is typed there, and
// has the keys of the queue.

import { keepDraft, sendDraft, settleDraft } from "./drafts.js";
import { listen, setUpKeys } from "./keys.js";
import { search } from "./places.js";

const id = location.pathname.split("/").pop();

settleDraft({ hasArrived: Boolean(document.querySelector(".notice")) });
for (const form of document.querySelectorAll(".writing")) {
  const name = `${form.dataset.kind}:${id}`;
  keepDraft(form.querySelector("textarea"), name);
  form.addEventListener("submit", () => sendDraft(name));
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.target.closest(".writing")?.requestSubmit();
  }
});
function press(selector) {
  const button = document.querySelector(selector);
  // It is on its way: pressed again it would be sent again.
  if (!button || button.form.dataset.busy) return;
  button.form.dataset.busy = "true";
  button.click();
}

function write(kind) {
  document.querySelector(`.writing[data-kind="${kind}"] textarea`)?.focus();
}

setUpKeys();
listen(
  {
    a: () => press(".actions .do-approve"),
    r: () => press(".actions .do-reject"),
    s: () => press(".actions .do-spam"),
    u: () => press(".notice button"),
    n: () => write("note"),
    R: () => write("reply"),
    "/": search,
  },
  { repeatable: [] },
);
addEventListener("pageshow", (event) => event.persisted && location.reload());
