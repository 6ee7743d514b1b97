// What HTML and htmx cannot do: warn before typed text is lost, post a form once, close open menus, print.
(() => {
  "use strict";

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) form.dataset.changed = "yes";
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    delete form.dataset.changed;
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
      window.setTimeout(() => delete form.dataset.sent, 4000);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-changed]")) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.switch[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    if (event.target.closest("[data-print]")) window.print();
    const all = event.target.closest("[data-check-all]");
    if (all) {
      for (const box of document.querySelectorAll(all.dataset.checkAll)) box.checked = all.checked;
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-go], form[data-filter] select")) event.target.form.requestSubmit();
  });
})();
