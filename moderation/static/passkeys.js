// Asks the browser for a passkey, and sends what it answers with the page's own form.
(() => {
  "use strict";

  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) =>
      c.charCodeAt(0),
    );

  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const readIds = (found) => (found || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const readOptions = (found) => ({
    ...found,
    challenge: toBytes(found.challenge),
    ...(found.user && { user: { ...found.user, id: toBytes(found.user.id) } }),
    ...(found.allowCredentials && { allowCredentials: readIds(found.allowCredentials) }),
    ...(found.excludeCredentials && { excludeCredentials: readIds(found.excludeCredentials) }),
  });

  const writeAnswer = (made) => {
    const { response } = made;
    const parts = {};
    for (const name of [
      "clientDataJSON",
      "attestationObject",
      "authenticatorData",
      "signature",
      "userHandle",
    ]) {
      if (response[name]) parts[name] = toText(response[name]);
    }
    return JSON.stringify({
      id: made.id,
      rawId: toText(made.rawId),
      type: made.type,
      response: parts,
      clientExtensionResults: {},
    });
  };

  const describe = (error) =>
    ({
      NotAllowedError: "That was stopped, or took too long. Try again.",
      InvalidStateError: "There is a passkey of yours on this device already.",
      SecurityError:
        "The browser allows no passkey at this address. Open the one the service is set up with.",
    })[error.name] || "The browser could not do it. Try again, or use the password.";

  const ask = async (form) => {
    const asked = JSON.parse(form.dataset.passkey);
    return asked.create
      ? navigator.credentials.create({ publicKey: readOptions(asked.create) })
      : navigator.credentials.get({ publicKey: readOptions(asked.get) });
  };

  const start = (form) => {
    const button = form.querySelector("button");
    const told = form.querySelector(".error");
    told.setAttribute("role", "alert");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      told.hidden = true;
      button.disabled = true;
      try {
        form.elements.credential.value = writeAnswer(await ask(form));
        form.submit();
      } catch (error) {
        told.textContent = describe(error);
        told.hidden = false;
        button.disabled = false;
      }
    });
  };

  if (window.PublicKeyCredential) {
    document.querySelectorAll("form[data-passkey]").forEach(start);
  }
})();
