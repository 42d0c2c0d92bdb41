// Comfort only: every page works without this file. Nothing here reads or stores what a page says about a person.

(() => {
  "use strict";

  const root = document.documentElement;
  const body = document.body;

  const remembered = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window: not remembered */ } },
  };

  // --- Menus close on Esc and when something else is clicked ---

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // --- "Dölj namn": at once here, and in a cookie so that the next page comes hidden from the server ---

  const namesForm = document.querySelector("form[data-hide-names-form]");
  if (namesForm) {
    namesForm.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = namesForm.querySelector("button");
      const hidden = !root.hasAttribute("data-hide-names");
      const secure = location.protocol === "https:" ? "; Secure" : "";
      root.toggleAttribute("data-hide-names", hidden);
      button.setAttribute("aria-pressed", String(hidden));
      document.cookie = `hide_names=${hidden ? 1 : 0}; Path=/; SameSite=Lax; Max-Age=${hidden ? 43200 : 0}${secure}`;
    });
  }

  // --- A form with text in it does not vanish without a question ---

  const unsaved = new Set();
  for (const form of document.querySelectorAll("form[data-guard]")) {
    form.addEventListener("input", () => unsaved.add(form));
    form.addEventListener("submit", () => unsaved.delete(form));
  }
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size > 0) event.preventDefault();
  });

  // --- A form is sent once ---

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("form [aria-busy=true]")) button.removeAttribute("aria-busy");
  });

  // --- The session ends after a while of silence; say so two minutes before ---

  const warning = document.getElementById("session-warning");
  const idleSeconds = Number(body.dataset.sessionIdleSeconds || 0);
  const otherTabs = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  let timer = 0;

  function startCountdown() {
    window.clearTimeout(timer);
    warning.hidden = true;
    timer = window.setTimeout(() => { warning.hidden = false; }, (idleSeconds - 120) * 1000);
  }

  if (warning && idleSeconds > 120) {
    startCountdown();
    otherTabs?.postMessage("used");
    otherTabs?.addEventListener("message", startCountdown);
    document.addEventListener("htmx:afterRequest", startCountdown);
    warning.querySelector("[data-stay]")?.addEventListener("click", async (event) => {
      const answer = await fetch(event.currentTarget.dataset.stay, { credentials: "same-origin", redirect: "manual" });
      if (!answer.ok) { location.reload(); return; }
      startCountdown();
      otherTabs?.postMessage("used");
    });
  }

  // --- Keyboard shortcuts: listed under "?", and possible to turn off (WCAG 2.1.4) ---

  const dialog = document.getElementById("shortcuts");
  const opener = document.querySelector("[data-open-shortcuts]");
  const shortcutsOn = () => remembered.get("shortcuts") !== "off";

  function listShortcuts(list) {
    list.replaceChildren();
    for (const target of document.querySelectorAll("[data-shortcut]")) {
      const row = document.createElement("li");
      const keys = document.createElement("kbd");
      keys.textContent = target.dataset.shortcut;
      row.append(target.dataset.shortcutLabel || target.textContent.trim(), keys);
      list.append(row);
    }
  }

  function openShortcuts() {
    listShortcuts(dialog.querySelector("[data-shortcut-list]"));
    dialog.querySelector("[data-shortcuts-on]").checked = shortcutsOn();
    dialog.showModal();
  }

  function follow(target) {
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  }

  if (dialog && opener) {
    let first = "";
    opener.closest("[hidden]")?.removeAttribute("hidden");
    opener.addEventListener("click", openShortcuts);
    dialog.querySelector("[data-shortcuts-on]").addEventListener("change", (event) => {
      remembered.set("shortcuts", event.target.checked ? "on" : "off");
    });
    document.addEventListener("keydown", (event) => {
      if (!shortcutsOn() || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      if (event.key === "?") { openShortcuts(); return; }
      const pressed = first ? `${first} ${event.key}` : event.key;
      const visible = [...document.querySelectorAll("[data-shortcut]")].filter((one) => one.checkVisibility());
      const target = visible.find((one) => one.dataset.shortcut === pressed);
      first = !target && visible.some((one) => one.dataset.shortcut.startsWith(`${pressed} `)) ? pressed : "";
      if (target) { event.preventDefault(); follow(target); }
    });
  }

  // --- Printing, and errors that take the focus ---

  for (const button of document.querySelectorAll("[data-print]")) {
    if (button.tagName !== "BUTTON") continue;
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  document.querySelector(".error-summary")?.focus();
})();
