// Passkeys (W3C WebAuthn): a browser can use them only through a script. Everything else about signing in works without.

(() => {
  "use strict";

  if (!window.PublicKeyCredential) return;

  for (const form of document.querySelectorAll("form[data-passkey], form[data-passkey-start]")) form.hidden = false;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  function questions(kind, options) {
    const asked = { ...options, challenge: bytes(options.challenge) };
    if (kind === "get") return { ...asked, allowCredentials: known(options.allowCredentials) };
    return { ...asked, user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known(options.excludeCredentials) };
  }

  function answer(credential) {
    const { response } = credential;
    const parts = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      parts.attestationObject = text(response.attestationObject);
      parts.transports = response.getTransports ? response.getTransports() : [];
    } else {
      parts.authenticatorData = text(response.authenticatorData);
      parts.signature = text(response.signature);
      parts.userHandle = response.userHandle ? text(response.userHandle) : null;
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts, clientExtensionResults: {} });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const field = form.querySelector("[data-passkey-answer]");
    const trouble = form.querySelector("[data-passkey-error]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      trouble.hidden = true;
      const kind = form.dataset.passkey;
      try {
        const publicKey = questions(kind, JSON.parse(form.dataset.options));
        field.value = answer(await navigator.credentials[kind]({ publicKey }));
      } catch {
        trouble.hidden = false;
        return;
      }
      form.submit();
    });
  }
})();
