// Owns what is typed and not sent yet: kept in this tab, so that no login, error or slip loses it.

const PREFIX = "draft:";
const SENT = "sent-draft";

export function findDraft(name) {
  return sessionStorage.getItem(PREFIX + name) ?? "";
}

export function dropDraft(name) {
  sessionStorage.removeItem(PREFIX + name);
}

/** Keep what is typed into `area`, and put back what was typed there before. */
export function keepDraft(area, name) {
  const draft = findDraft(name);
  if (draft === area.value) dropDraft(name);
  else if (draft) area.value = draft;
  area.addEventListener("input", () => sessionStorage.setItem(PREFIX + name, area.value));
}

/** Note that the draft is on its way with a form; it is dropped once that has arrived. */
export function sendDraft(name) {
  sessionStorage.setItem(SENT, name);
}

/** Drop the draft that was on its way, if this page says that it has arrived. */
export function settleDraft({ hasArrived }) {
  const name = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (name && hasArrived) dropDraft(name);
}
