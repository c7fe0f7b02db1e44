// Owns what the page of one comment does by itself: it keeps what is typed there.

import { keepDraft, sendDraft, settleDraft } from "./drafts.js";

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
addEventListener("pageshow", (event) => event.persisted && location.reload());
