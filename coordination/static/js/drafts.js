// Keeps what somebody types as a draft on the server, a few seconds after the last key. Without this file the button does it.
// Nothing is kept in the browser.

(() => {
  "use strict";

  const AFTER_LAST_KEY = 3000;
  const AFTER_FAILURE = 30000;

  const form = document.querySelector("form[data-draft]");
  const status = form?.querySelector("[data-draft-status]");
  if (!form || !status) return;

  let timer = 0;
  let changed = false;
  let over = false;
  let sending = null;

  function wait(time) {
    window.clearTimeout(timer);
    if (!over) timer = window.setTimeout(keep, time);
  }

  function typed() {
    const fields = new FormData(form);
    for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
    return fields;
  }

  async function keep() {
    if (sending || over || !changed) return;
    changed = false;
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: typed(),
        credentials: "same-origin",
        redirect: "manual",
        headers: { Accept: "application/json" },
        signal: sending.signal,
      });
      if (answer.type === "opaqueredirect") {
        over = true;
        status.textContent = status.dataset.out;
      } else if (answer.ok) {
        status.textContent = (await answer.json()).said;
      } else {
        failed();
      }
    } catch (error) {
      if (error.name !== "AbortError") failed();
    } finally {
      sending = null;
      if (changed) wait(AFTER_LAST_KEY);
    }
  }

  function failed() {
    status.textContent = status.dataset.lost;
    window.setTimeout(() => { changed = true; keep(); }, AFTER_FAILURE);
  }

  form.addEventListener("input", () => {
    changed = true;
    wait(AFTER_LAST_KEY);
  });

  // What is sent is sent whole: a draft on its way would come back after it.
  form.addEventListener("submit", () => {
    over = true;
    window.clearTimeout(timer);
    sending?.abort();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) over = false; });
})();
