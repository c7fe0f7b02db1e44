// Owns the sending of a file in pieces. Without it a small file is sent with the form.

const RETRIES = 5;

for (const form of document.querySelectorAll("[data-begins], [data-pieces]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

async function send(form) {
  const file = form.elements.file.files[0];
  const button = form.querySelector("button");
  const problem = form.querySelector("[data-problem]");
  problem.hidden = true;
  button.disabled = true;
  try {
    refuse(form, file);
    const place = form.dataset.pieces
      ? { pieces: form.dataset.pieces, received: Number(form.dataset.at) }
      : await begin(form, file);
    await sendPieces(form, file, place);
    location.reload();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  }
}

function refuse(form, file) {
  if (form.dataset.size && file.size !== Number(form.dataset.size)) {
    throw new Error("This is another file: its size differs. Cancel the first one, to send it.");
  }
  if (form.dataset.most && file.size > Number(form.dataset.most) * 1e6) {
    throw new Error("The file is too large to be uploaded. Use the command: moderation import.");
  }
}

function begin(form, file) {
  const fields = new URLSearchParams({
    format: form.elements.format.value,
    learns: form.elements.learns.checked ? "yes" : "no",
    size: file.size,
  });
  return ask(form, form.action, fields);
}

async function sendPieces(form, file, place) {
  const length = Number(form.dataset.bytes);
  let at = place.received;
  show(form, at, file.size);
  while (at < file.size) {
    const piece = file.slice(at, at + length);
    const told = await insist(() => ask(form, `${place.pieces}?at=${at}`, piece));
    at = told.received;
    show(form, at, file.size);
  }
}

async function insist(act) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      // What was refused is refused again; what did not arrive may arrive later.
      if (error.isRefusal || tries === RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * tries));
    }
  }
}

async function ask(form, address, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value };
  if (body instanceof Blob) headers["Content-Type"] = "application/octet-stream";
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body, headers });
  } catch {
    throw new Error("The service can’t be reached. Load this page again, and choose the same file: it goes on where it was.");
  }
  if (answer.ok) return answer.json();
  const told = await answer.json().catch(() => ({}));
  const words = Object.values(told.errors || {}).flat().join(" ");
  const error = new Error(words || told.detail || "That did not work. Load this page again.");
  error.isRefusal = answer.status < 500 && answer.status !== 429;
  throw error;
}

function show(form, done, size) {
  const box = form.querySelector("[data-sending]");
  box.hidden = false;
  const bar = box.querySelector("progress");
  bar.max = size;
  bar.value = done;
  const words = `${(done / 1e6).toFixed(1)} of ${(size / 1e6).toFixed(1)} MB sent`;
  box.querySelector("[role=status]").textContent = words;
}
