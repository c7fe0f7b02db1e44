// Owns the selection: boxes, ranges with Shift, all of the page; and how many there are.

import { findCurrent, listCards } from "./cards.js";

const shown = document.querySelector(".bulk .selected");
const words = shown?.textContent;
let anchor = null;

function listBoxes() {
  return listCards()
    .map((card) => card.querySelector(".pick"))
    .filter(Boolean);
}

export function countSelected() {
  return listBoxes().filter((box) => box.checked).length;
}

/** Tell how many are selected; called after whatever changed that. */
export function tellSelection() {
  const number = countSelected();
  const isForHeld = document.querySelector(".pick-all")?.checked;
  if (shown) shown.textContent = number && !isForHeld ? `${number} selected:` : words;
}

/** Select the current card, or not any more; with `isRange` all from the last one on. */
export function toggle(isRange) {
  const box = findCurrent()?.querySelector(".pick");
  if (!box) return;
  if (isRange) extend(box, true);
  else box.checked = !box.checked;
  anchor = box;
  tellSelection();
}

/** Select all of the page; none if all are. */
export function toggleAll() {
  const boxes = listBoxes();
  const isAll = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !isAll;
  tellSelection();
}

/** Take all that is held, on all pages, or not any more. */
export function toggleHeld() {
  const box = document.querySelector(".pick-all");
  if (!box) return false;
  box.checked = !box.checked;
  for (const one of listBoxes()) one.checked = box.checked;
  tellSelection();
}

export function selectNone() {
  const held = document.querySelector(".pick-all");
  if (held) held.checked = false;
  for (const box of listBoxes()) box.checked = false;
  tellSelection();
}

function extend(box, isChecked) {
  const boxes = listBoxes();
  const [from, to] = [boxes.indexOf(anchor ?? box), boxes.indexOf(box)].sort((a, b) => a - b);
  for (const one of boxes.slice(Math.max(from, 0), to + 1)) one.checked = isChecked;
}

/** Make Shift and a click take all between, and links of the page work at once. */
export function setUpSelection() {
  document.addEventListener("click", (event) => {
    if (event.target.matches?.(".pick-all")) tellSelection();
    const box = event.target.closest?.(".pick");
    if (!box) return;
    if (event.shiftKey && anchor?.isConnected) extend(box, box.checked);
    anchor = box;
    tellSelection();
  });
  tellSelection();
}
