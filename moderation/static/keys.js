// Owns the single keys: when they are listened to, and their help. They can be switched
// off (WCAG 2.2, 2.1.4), never fire while somebody types, and never with modifiers.

const SETTING = "single-keys";
const dialog = document.getElementById("keys");

function isOn() {
  return localStorage.getItem(SETTING) !== "off";
}

function show() {
  document.documentElement.classList.toggle("has-keys", isOn());
}

function isTyping(target) {
  return target.matches?.("textarea, select, input:not([type=checkbox]), [contenteditable]");
}

/** Return the key as the help writes it: a capital with Shift, whatever Caps Lock does. */
function nameKey(event) {
  const { key } = event;
  if (!/^[a-z]$/i.test(key)) return key;
  return event.shiftKey ? key.toUpperCase() : key.toLowerCase();
}

/**
 * Call what `doings` has under the key that is pressed, with the event.
 * What is in `repeatable` goes on while the key is held; nothing else does.
 */
export function listen(doings, { repeatable }) {
  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = nameKey(event);
    const doing = doings[key];
    if (!doing) return;
    if (event.repeat && !repeatable.includes(key)) {
      event.preventDefault();
      return;
    }
    if (doing(event) !== false) event.preventDefault();
  });
}

export function openHelp() {
  dialog?.showModal();
}

/** Make the page's help and switch work. */
export function setUpKeys() {
  show();
  for (const opener of document.querySelectorAll(".open-keys")) {
    opener.hidden = false;
    opener.addEventListener("click", openHelp);
  }
  const box = document.getElementById("keys-on");
  if (!box) return;
  box.checked = isOn();
  box.addEventListener("change", () => {
    localStorage.setItem(SETTING, box.checked ? "on" : "off");
    show();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
