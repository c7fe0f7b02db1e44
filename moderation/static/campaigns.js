// Owns the campaigns as a workspace: one key goes through them, one decides.

import { listen, openHelp, setUpKeys } from "./keys.js";
import { search } from "./places.js";

const heaps = [...document.querySelectorAll(".heap h2 a")];

function move(step) {
  const place = heaps.indexOf(document.activeElement);
  heaps[Math.min(Math.max(place + step, 0), heaps.length - 1)]?.focus();
}

function press(selector) {
  const button = document.querySelector(selector);
  // It is on its way: pressed again it would be sent again.
  if (!button || button.form.dataset.busy) return;
  button.form.dataset.busy = "true";
  button.click();
}

setUpKeys();
listen(
  {
    j: () => move(1),
    k: () => move(-1),
    a: () => press(".verdict .do-approve"),
    r: () => press(".verdict .do-reject"),
    s: () => press(".verdict .do-spam"),
    u: () => press(".notice button"),
    "/": search,
    "?": openHelp,
  },
  { repeatable: ["j", "k"] },
);
heaps[0]?.focus();
// A page from the browser's memory shows what was; this shows what is.
addEventListener("pageshow", (event) => event.persisted && location.reload());
