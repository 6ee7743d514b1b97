// What HTML and htmx cannot do: keep typed text when a save fails, post a form once, say what it lacks, close menus, print.
(() => {
  "use strict";

  // 1. What was typed into a form outlives an ended session, an expired page and a lost connection, in this tab alone.
  const PENDING = "pending";
  const KEEPS_ITSELF = "form[data-guard][hx-post]";
  // named after where it is sent, which the page and its refusal share; one about a paper of several, after that too
  const guarded = () => document.querySelector("form[data-guard]");
  const addressOf = () => guarded()?.getAttribute("action") || location.pathname;
  const keyOf = () => `typed:${document.body.dataset.user}:${addressOf()}:${guarded()?.dataset.guard || ""}`;
  const kept = (field) => field.name && !["hidden", "password", "file"].includes(field.type);

  function keep(form) {
    const fields = [...form.elements].filter(kept);
    const values = fields.map((one) => [one.name, one.type === "checkbox" || one.type === "radio" ? (one.checked ? one.value : null) : one.value]);
    sessionStorage.setItem(keyOf(), JSON.stringify(values));
  }

  function fillIn(form, values) {
    const fields = [...form.elements].filter(kept);
    values.forEach(([name, value], place) => {
      const field = fields[place]?.name === name ? fields[place] : null;
      if (!field) return;
      if (field.type === "checkbox" || field.type === "radio") field.checked = value !== null && field.value === value;
      else field.value = value;
      if (field.value && field.closest("details.comment")) field.closest("details.comment").open = true;
    });
    form.dataset.changed = "yes";
    review(form);
  }

  function say(text, style, ...buttons) {
    document.querySelector(".notice.said")?.remove();
    const notice = document.createElement("div");
    notice.className = `notice said s-${style}`;
    notice.setAttribute("role", "alert");
    const words = document.createElement("div");
    words.textContent = text;
    notice.append(words);
    for (const [word, act] of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-plain";
      button.textContent = word;
      button.addEventListener("click", () => { act(); notice.remove(); });
      notice.append(button);
    }
    document.querySelector("main")?.prepend(notice);
    notice.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const saved = document.querySelector(".messages .s-done");
    const pending = sessionStorage.getItem(PENDING);
    if (pending && saved) sessionStorage.removeItem(pending);
    sessionStorage.removeItem(PENDING);
    const form = guarded();
    const values = form && sessionStorage.getItem(keyOf());
    if (!values || form.querySelector("[aria-invalid]") || document.querySelector(".notice[role=alert]")) return;
    say("上次在这一页填写的内容没有保存，还在这里。", "due",
      ["填回来", () => fillIn(form, JSON.parse(values))],
      ["不要了", () => sessionStorage.removeItem(keyOf())]);
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard], form[data-asks]");
    if (!form) return;
    form.dataset.changed = "yes";
    if (form.matches("[data-guard]")) keep(form);
  });

  // How often each choice is ticked, for the question before a whole table is signed.
  function tally(button) {
    if (!("tally" in button.dataset)) return "";
    const counts = new Map();
    for (const box of button.form.querySelectorAll("input[type=radio]:checked")) {
      const word = box.closest("label").textContent.trim();
      counts.set(word, (counts.get(word) || 0) + 1);
    }
    return `\n\n${[...counts].map(([word, count]) => `${word} ${count} 人`).join("，")}`;
  }

  // 2. A form is posted once, and after the question that a final act asks.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm && event.submitter.dataset.confirm + tally(event.submitter);
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.matches("[data-guard]") && sessionStorage.getItem(keyOf())) sessionStorage.setItem(PENDING, keyOf());
    const typed = "changed" in form.dataset;
    delete form.dataset.changed;
    if (form.method === "post" && (!form.hasAttribute("hx-post") || form.hasAttribute("hx-trigger"))) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent ||= typed ? "typed" : "yes";
      window.setTimeout(() => delete form.dataset.sent, 4000);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!document.querySelector("form[data-changed]")) return;
    event.preventDefault();
    // it was sent while another form of the page still waits: whoever stays has saved neither
    for (const form of document.querySelectorAll("form[data-sent=typed]")) form.dataset.changed = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-needs]").forEach(review);
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // 3. A part of a page that could not be sent says so; what the server refuses, its answer says (see bare.html).
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (event.target.matches(KEEPS_ITSELF)) notKept("网络断了，没有自动保存；恢复后按“存草稿”");
      else say("没有保存：网络断了。请等网络恢复后再按一次。", "late");
    });
  }
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status > 500) say("没有保存：服务器暂时没有应答。请过一会儿再按一次。", "late");
  });

  // 4. Menus, printing, ticking all, filters.
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

  // 5. What a form still lacks, while it is typed: each need hides when it is met, and the last one opens the button.
  function review(form) {
    if (!form.matches("[data-needs]")) return;
    const data = new FormData(form);
    const lacks = (need) =>
      (!need.dataset.onlyFor || data.getAll("types").includes(need.dataset.onlyFor)) &&
      !data.getAll(need.dataset.need).join("").trim();
    const show = (selector, wanted) => {
      for (const part of document.querySelectorAll(selector)) part.hidden = !wanted;
    };
    let lacking = false;
    for (const need of document.querySelectorAll("[data-need]")) {
      need.hidden = !lacks(need);
      lacking ||= !need.hidden;
    }
    show("[data-lacking]", lacking);
    show("[data-complete]", !lacking);
    for (const button of form.querySelectorAll("[data-when-complete]")) button.disabled = lacking;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-needs]");
    if (form) review(form);
  });

  // 6. A form that keeps itself: what was kept is not asked for again, unless more was typed meanwhile. A click waits
  // until the form has been kept: both sent under one version, the second would be refused.
  const waiting = new Map();

  // It says so where it says when it was kept: the page does not move under whoever is writing.
  function notKept(text) {
    const words = document.createElement("span");
    words.className = "s-late";
    words.textContent = text;
    document.querySelector("#kept")?.replaceChildren(words);
    for (const form of document.querySelectorAll("form[data-keeping]")) delete form.dataset.keeping;
  }

  // It presses no button: htmx would send the one that has the focus, its name and its address with it.
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.target;
    if (!form.matches(KEEPS_ITSELF)) return;
    event.detail.path = form.getAttribute("hx-post");
    for (const button of form.elements) {
      if (button.type === "submit" && button.name) delete event.detail.parameters[button.name];
    }
  });
  // Whatever the answer is, the form stays: a refusal, an error or the way to the log-in wait for the next click.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!event.target.matches(KEEPS_ITSELF)) return;
    const { xhr, pathInfo } = event.detail;
    const isOurs = xhr.status < 300 && !xhr.getResponseHeader("HX-Redirect") && pathInfo.responsePath === pathInfo.requestPath;
    if (isOurs) return;
    event.preventDefault();
    notKept(xhr.status >= 500 ? "服务器暂时没有应答，没有自动保存；稍后按“存草稿”再试" : "没有自动保存；按“存草稿”查看原因，填写的不会丢");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target;
    if (!form.matches(KEEPS_ITSELF)) return;
    if (form.dataset.sent) event.preventDefault();
    else form.dataset.keeping = form.dataset.busy = "yes";
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-busy]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.set(event.target, event.submitter);
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target;
    delete form.dataset.busy;
    if (!event.detail.successful && form.matches("form[data-asks]")) form.dataset.changed = "yes";
    if (!waiting.has(form)) return;
    const submitter = waiting.get(form);
    waiting.delete(form);
    form.requestSubmit(submitter);
  });
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keeping]");
    if (form) delete form.dataset.keeping;
  });
  document.addEventListener("input", (event) => {
    const field = event.target.closest("form[data-guard] .field.missing");
    const hint = field?.querySelector("[data-missing]");
    if (!hint || !event.target.value.trim()) return;
    hint.remove();
    field.classList.remove("missing");
  });
  document.addEventListener("htmx:afterSettle", () => {
    const form = document.querySelector("form[data-keeping]");
    if (!form || !document.querySelector("#kept [data-kept]")) return;
    delete form.dataset.keeping;
    delete form.dataset.changed;
    sessionStorage.removeItem(keyOf());
  });

  // 7. Keys for whoever reads many: a letter presses its button or goes to its field, while nothing is being written.
  let leaving = false;
  window.addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("keydown", (event) => {
    // a key that is held down goes on repeating on the next page: it must not answer one paper after the other
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches("textarea")) {
      wanted.focus();
      return;
    }
    // the next paper is on its way: a key that comes before it was meant for it, not for the one still shown
    if (leaving) return;
    leaving = true;
    window.setTimeout(() => { leaving = false; }, 4000);
    wanted.click();
  });

  // 8. Copying the text of a field: the button names it. Where the browser does not let a page copy, it is selected.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.querySelector(button.dataset.copy);
    const status = document.querySelector(button.dataset.says);
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = "已复制";
    } catch {
      field.focus();
      field.select();
      status.textContent = "已全选，请按 Ctrl+C 或长按复制";
    }
  });
})();
