// Owns the cards of a page: which one is current, and which are gone for now.

const queue = document.querySelector(".queue");
const finished = document.querySelector(".finished");
let current = null;

export function listCards() {
  return [...document.querySelectorAll(".cards > li:not([hidden]) > .card")];
}

export function findCurrent() {
  return current?.isConnected && !current.parentElement.hidden ? current : (listCards()[0] ?? null);
}

/** Make `card` the current one; with `focus` the keyboard goes there, too. */
export function setCurrent(card, { focus = true } = {}) {
  current?.removeAttribute("aria-current");
  current = card;
  if (!card) return;
  card.setAttribute("aria-current", "true");
  if (!focus) return;
  card.focus({ preventScroll: true });
  const isTall = card.offsetHeight > innerHeight * 0.8;
  card.scrollIntoView({ block: isTall ? "start" : "nearest" });
}

/** Go on to the next card, or back with -1. */
export function move(step) {
  const cards = listCards();
  const place = cards.indexOf(findCurrent());
  const next = cards[Math.min(Math.max(place + step, 0), cards.length - 1)];
  if (next) setCurrent(next);
}

/** Put a card away, and go on to the one that takes its place. */
export function putAway(card) {
  const cards = listCards();
  const place = cards.indexOf(card);
  const next = cards[place + 1] ?? cards[place - 1] ?? null;
  const hadCurrent = card === findCurrent();
  card.parentElement.hidden = true;
  const box = card.querySelector(".pick");
  if (box) box.checked = false;
  if (!next) finish();
  else if (hadCurrent) setCurrent(next);
}

/** Show a card again where it was. */
export function bringBack(card, { focus }) {
  card.parentElement.hidden = false;
  finished.hidden = true;
  if (focus) setCurrent(card);
}

function finish() {
  setCurrent(null);
  finished.hidden = false;
  finished.querySelector("a").focus();
}

/** Add to the numbers of the tabs, and of the title; one not counted to its end stays. */
export function count(status, step) {
  const shown = document.querySelector(`.tabs [data-status="${status}"]`);
  const number = Number(shown?.textContent);
  if (!shown || Number.isNaN(number)) return;
  shown.textContent = String(Math.max(0, number + step));
  if (status === queue.dataset.status) {
    document.title = document.title.replace(/\(\d+\)/, `(${shown.textContent})`);
  }
}

/** Return id and version of a card, and set the version that it has by now. */
export function readVersion(card) {
  return card.querySelector(".pick").value;
}

export function raiseVersion(card) {
  const old = readVersion(card);
  const [id, version] = old.split(":");
  const text = `${id}:${Number(version) + 1}`;
  card.querySelector(".pick").value = text;
  for (const button of card.querySelectorAll('[name="one"]')) button.value = button.value.replace(old, text);
  for (const field of card.querySelectorAll('[name="seen"]')) field.value = String(Number(version) + 1);
}

/** Say on a card why what was asked for did not happen. */
export function showFailure(card, refusal) {
  clearFailure(card);
  const line = document.createElement("p");
  line.className = "refused";
  line.setAttribute("role", "alert");
  line.append(refusal.message);
  if (refusal.isLoggedOut) line.append(" ", makeLink("Log in", `/login?next=${here()}`));
  if (refusal.status === 409) line.append(" ", makeLink("See what happened", card.querySelector(".open").href));
  card.querySelector(".text").prepend(line);
}

export function clearFailure(card) {
  card.querySelector(".refused")?.remove();
}

function here() {
  return encodeURIComponent(location.pathname + location.search);
}

function makeLink(text, address) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = text;
  return link;
}
