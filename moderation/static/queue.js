// Owns the queue as a workspace: decisions act at once, and every failure comes back.
// Everything goes through the very forms that the page has without this script.

import { post } from "./asking.js";
import * as cards from "./cards.js";
import { dropDraft, keepDraft, settleDraft } from "./drafts.js";
import { listen, openHelp, setUpKeys } from "./keys.js";
import { search } from "./places.js";
import { countSelected, selectNone, setUpSelection, tellSelection, toggle, toggleAll, toggleHeld } from "./selection.js";

const UNDO_SECONDS = 10;
const LEADS_TO = { approve: "approved", reject: "rejected", spam: "spam", hold: "held" };
const SAID = { approve: "Approved", reject: "Rejected", spam: "Marked as spam", hold: "Put back" };

const queue = document.querySelector(".queue");
// What the buttons of all cards are of: who asks, and from where.
const form = document.getElementById("one");
const toasts = document.querySelector(".toasts");
const status = queue?.dataset.status;
// What was done here, the last at the end: {card, target, done: Promise of the answer}.
const done = [];
let timer = 0;

function toast(text, { canUndo }) {
  toasts.querySelector(".words").textContent = text;
  toasts.querySelector(".take-back").hidden = !canUndo;
  toasts.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(hideToast, UNDO_SECONDS * 1_000);
}

function hideToast() {
  // Whoever points at it or stands on it is about to use it.
  if (toasts.matches(":hover, :focus-within")) timer = setTimeout(hideToast, 1_000);
  else toasts.hidden = true;
}

/** Do it at once for the eye, and bring it back if it is refused. */
async function act(card, { url, fields, target, text }) {
  if (card.dataset.busy) return;
  card.dataset.busy = "true";
  cards.clearFailure(card);
  cards.putAway(card);
  cards.count(status, -1);
  cards.count(target, 1);
  tellSelection();
  const entry = { card, target, done: post(url, fields) };
  done.push(entry);
  toast(text, { canUndo: true });
  try {
    await entry.done;
    cards.raiseVersion(card);
    delete card.dataset.busy;
    return true;
  } catch (refusal) {
    done.splice(done.indexOf(entry), 1);
    comeBack(entry, { focus: false });
    delete card.dataset.busy;
    cards.showFailure(card, refusal);
    toast(refusal.message, { canUndo: false });
    return false;
  }
}

function comeBack({ card, target }, { focus }) {
  cards.bringBack(card, { focus });
  cards.count(status, 1);
  cards.count(target, -1);
}

function decide(card, action) {
  const button = card?.querySelector(`.actions .do-${action}`);
  if (!button) return;
  const name = card.querySelector(".name").textContent;
  act(card, {
    url: form.getAttribute("action"),
    fields: [...new FormData(form), ["one", button.value]],
    target: LEADS_TO[action],
    text: `${SAID[action]}: ${name}`,
  });
}

/** Take back what was done last: here, or by the page before. */
async function undo() {
  const entry = done.pop();
  if (!entry) {
    document.querySelector(".notice")?.requestSubmit();
    return;
  }
  toasts.hidden = true;
  try {
    const { batch } = await entry.done;
    await post(toasts.dataset.undo, [...new FormData(form), ["batch", batch]]);
    cards.raiseVersion(entry.card);
    comeBack(entry, { focus: true });
    toast("Undone", { canUndo: false });
  } catch (refusal) {
    toast(refusal.message, { canUndo: false });
  }
}

/** Open the form for a note or a reply in the card, with what was typed before. */
function write(card, kind) {
  const opener = card?.querySelector(`[data-write="${kind}"]`);
  if (!opener) return;
  card.querySelector(".writing")?.remove();
  const form = document.getElementById(`write-${kind}`).content.firstElementChild.cloneNode(true);
  const [id, version] = cards.readVersion(card).split(":");
  const area = form.querySelector("textarea");
  form.setAttribute("action", `${card.querySelector(".open").href}/${kind}`);
  if (kind === "reply") form.elements.seen.value = version;
  else {
    const note = card.querySelector(".note");
    form.elements.version.value = note?.dataset.version ?? 0;
    area.value = note?.querySelector("span").textContent ?? "";
  }
  const close = form.querySelector(".close");
  close.hidden = false;
  close.addEventListener("click", () => stopWriting(card));
  keepDraft(area, `${kind}:${id}`);
  card.querySelector(".foot").append(form);
  cards.setCurrent(card, { focus: false });
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

function stopWriting(card) {
  card.querySelector(".writing")?.remove();
  cards.setCurrent(card);
}

async function send(card, form) {
  const [id] = cards.readVersion(card).split(":");
  const fields = [...new FormData(form)];
  if (form.dataset.kind === "reply") {
    const text = `Replied and approved: ${card.querySelector(".name").textContent}`;
    const isSent = await act(card, { url: form.getAttribute("action"), fields, target: "approved", text });
    if (!isSent) return;
    form.remove();
    dropDraft(`reply:${id}`);
    return;
  }
  try {
    const { note, version } = await post(form.getAttribute("action"), fields);
    showNote(card, note, version);
    dropDraft(`note:${id}`);
    cards.clearFailure(card);
    stopWriting(card);
    toast(note ? "Note kept" : "Note deleted", { canUndo: false });
  } catch (refusal) {
    cards.showFailure(card, refusal);
  }
}

function showNote(card, text, version) {
  card.querySelector(".note")?.remove();
  if (!text) return;
  const note = document.createElement("p");
  const [title, body] = [document.createElement("strong"), document.createElement("span")];
  note.className = "note";
  note.dataset.version = version;
  title.textContent = "Note";
  body.textContent = text;
  body.dir = "auto";
  note.append(title, " ", body);
  card.querySelector(".text").append(note);
}

/** Decide on the selection if there is one (the next page asks first), else the card. */
function press(action) {
  if (!countSelected()) return decide(cards.findCurrent(), action);
  document.querySelector(`.bulk [value="${action}"]`)?.click();
}

function open(event) {
  // Enter presses what has the focus; on a card it opens the comment.
  if (event.target !== document.body && !event.target.matches(".card")) return false;
  const card = cards.findCurrent();
  if (card) location.assign(card.querySelector(".open").href);
}

function setUp() {
  document.addEventListener("submit", (event) => {
    const card = (event.submitter ?? event.target).closest(".cards .card");
    if (!card) return;
    event.preventDefault();
    if (event.target.matches(".writing")) send(card, event.target);
    else decide(card, event.submitter.value.split(" ")[0]);
  });
  // The second click of a double one meets whatever took the place of the first.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest?.(".actions button")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-write]");
    if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      write(opener.closest(".card"), opener.dataset.write);
    } else if (event.target.closest?.(".take-back")) undo();
  });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest?.(".cards .card");
    if (card && card !== cards.findCurrent()) cards.setCurrent(card, { focus: false });
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".writing");
    if (form && event.key === "Escape") stopWriting(form.closest(".card"));
    else if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    else if (event.key === "Escape" && !document.querySelector("dialog[open]")) selectNone();
  });
  listen(
    {
      j: () => cards.move(1),
      k: () => cards.move(-1),
      a: () => press("approve"),
      r: () => press("reject"),
      s: () => press("spam"),
      u: () => void undo(),
      x: () => toggle(false),
      X: () => toggle(true),
      "*": toggleAll,
      A: toggleAll,
      w: toggleHeld,
      n: () => write(cards.findCurrent(), "note"),
      R: () => write(cards.findCurrent(), "reply"),
      "/": search,
      "?": openHelp,
      Enter: open,
    },
    { repeatable: ["j", "k"] },
  );
  setUpSelection();
  const named = location.hash ? document.querySelector(location.hash) : null;
  cards.setCurrent(named?.matches(".card") ? named : cards.listCards()[0], { focus: Boolean(named) });
}

settleDraft({ hasArrived: false });
setUpKeys();
if (queue) setUp();
// Nobody looks: nothing is asked for.
document.addEventListener("htmx:before:request", (event) => document.hidden && event.preventDefault());
// A page from the browser's memory shows what was; this shows what is.
addEventListener("pageshow", (event) => event.persisted && location.reload());
