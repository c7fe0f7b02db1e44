// Owns the keys that lead from one place to another, alike on all pages.

import { listen } from "./keys.js";

/** Put the keyboard where comments are searched for. */
export function search() {
  const field = document.querySelector("input[type=search]");
  if (!field) return false;
  field.focus();
  field.select();
}

function go(selector) {
  const link = document.querySelector(selector);
  if (link) location.assign(link.href);
}

listen({ c: () => go(".to-campaigns"), q: () => go(".brand") }, { repeatable: [] });
