"use strict";
// Everything works without this script; it adds keys, selection of words, and pages that change in place.
(() => {
  const root = document.documentElement;
  root.classList.add("on");
  const $ = (what, from = document) => from.querySelector(what);
  const $$ = (what, from = document) => [...from.querySelectorAll(what)];
  const saved = () => $("#saved");
  let keys = localStorage.getItem("keys") !== "off";
  let busy = false;
  let waiting = null; // a form that was not acknowledged yet

  function say(words, kind) {
    const place = saved();
    if (place) { place.textContent = words; place.className = kind; }
  }

  // ---- pages change in place; the tick appears when the server has answered
  async function show(answer, focus) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = $("#page", page);
    if (!fresh) { location.assign("/"); return; }
    $("#page").replaceWith(document.adoptNode(fresh));
    if (answer.ok && answer.url) history.pushState(null, "", answer.url);
    document.title = page.title;
    ready();
    if (focus) $("#card-title")?.focus({ preventScroll: true });
  }

  async function send(form, button) {
    if (busy) return;
    busy = true;
    say("Saving…", "busy");
    const body = new URLSearchParams(new FormData(form));
    if (button?.name) body.append(button.name, button.value);
    waiting = { action: form.getAttribute("action"), body };
    await deliver();
  }

  async function deliver() {
    try {
      const answer = await fetch(waiting.action, { method: "POST", body: waiting.body, headers: { Accept: "text/html" } });
      waiting = null;
      busy = false;
      await show(answer, true);
      if (answer.ok) say(`All saved ${new Date().toLocaleTimeString()}`, "");
      else say("Not saved", "bad");
    } catch {
      // the same form goes again with the same uid: the server takes it once
      say("Not saved: the server does not answer; trying again", "bad");
      setTimeout(deliver, 2000);
    }
  }

  async function go(url) {
    if (busy) return;
    try { await show(await fetch(url, { headers: { Accept: "text/html" } }), true); } catch { say("The server does not answer", "bad"); }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || !form.closest(".work, .bar")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  window.addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });
  window.addEventListener("popstate", () => go(location.href));

  document.addEventListener("click", (event) => {
    const row = event.target.closest("a[data-row], a.button");
    if (row && row.closest(".work") && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(row.href); return; }
    const mark = event.target.closest("mark[data-c]");
    if (mark && getSelection().isCollapsed) { choose(mark); return; }
    const jump = event.target.closest("a.jump");
    if (jump) { event.preventDefault(); scrollTo(pieceAt(jump.dataset.part, Number(jump.dataset.at))); return; }
    if (event.target.closest("[data-keys]")) {
      keys = !keys;
      localStorage.setItem("keys", keys ? "on" : "off");
      ready();
    }
  });

  function choose(mark) {
    const ids = mark.dataset.c.split(" ");
    const here = ids.indexOf($("#card")?.dataset.claim);
    const row = $(`a[data-row="${ids[(here + 1) % ids.length]}"]`);
    if (row) go(row.href);
  }

  // ---- words: code points from the beginning of a part
  const points = (text) => [...text].length;

  function offset(node, at) {
    const piece = (node.nodeType === 3 ? node.parentElement : node).closest("[data-o]");
    if (!piece || node.nodeType !== 3) return null;
    return { part: piece.closest("[data-part]").dataset.part, at: Number(piece.dataset.o) + points(node.data.slice(0, at)) };
  }

  function selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const first = offset(range.startContainer, range.startOffset);
    const last = offset(range.endContainer, range.endOffset);
    if (!first || !last || first.part !== last.part || first.at >= last.at) return null;
    const text = selection.toString();
    const lead = points(text) - points(text.trimStart()), tail = points(text) - points(text.trimEnd());
    const start = first.at + lead, end = last.at - tail;
    return end > start ? { part: first.part, start, end, text: text.trim() } : null;
  }

  document.addEventListener("mouseup", () => setTimeout(pick));
  document.addEventListener("keyup", (event) => { if (event.shiftKey || event.key === "Shift") pick(); });

  function pick() {
    const found = selected();
    if (!found) return;
    const panel = $('details[data-key="c"][open]') || $('details[data-key="c"]');
    const box = $("details[open] [data-picked]") || $("#card > form [data-picked]") || (panel && $("[data-picked]", panel));
    if (!box) return;
    if (panel && panel.contains(box)) panel.open = true;
    $$(".pick", box).forEach((old) => old.remove());
    const pick = document.createElement("span");
    const input = document.createElement("input");
    pick.className = "pick";
    pick.textContent = found.text;
    input.type = "hidden";
    input.name = "place";
    input.value = `${found.part}:${found.start}:${found.end}`;
    pick.append(input);
    box.append(pick);
    say("The words are taken; save to keep them", "busy");
  }

  function pieceAt(part, at) {
    const place = $$("[data-part]").find((one) => one.dataset.part === part && one.classList.contains("part"));
    return place && $$("[data-o]", place).filter((piece) => Number(piece.dataset.o) <= at).pop();
  }

  function scrollTo(piece) {
    const pane = $("#text");
    if (!piece || !pane) return;
    const box = piece.getBoundingClientRect(), room = pane.getBoundingClientRect();
    if (box.top < room.top + 20 || box.bottom > room.bottom - 20) pane.scrollTop += box.top - room.top - room.height / 3;
  }

  // ---- keys
  function move(step) {
    const rows = $$(".queue > ol a[data-row]");
    const here = rows.findIndex((row) => row.getAttribute("aria-current"));
    const next = rows[here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + step))];
    if (next) go(next.href);
  }

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    s: () => { $("#sweep")?.scrollIntoView(); $("#sweep button")?.focus(); },
    z: () => $('form[data-key="z"] button:not(:disabled)')?.click(),
    Z: () => $('form[data-key="Z"] button')?.click(),
    "?": () => { const help = $(".help"); if (help) help.open = !help.open; },
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=hidden]):not([type=checkbox]), textarea, select");
    if (event.key === "Escape") {
      $$("#card details[open], .help[open]").forEach((one) => { one.open = false; });
      if (typing) $("#card-title")?.focus();
      return;
    }
    if (!keys || typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing || busy) return;
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); return; }
    const reason = $(`details[data-key="r"][open] [data-reason="${CSS.escape(event.key)}"]`);
    const target = reason || $(`#card [data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.tagName === "DETAILS") {
      target.open = !target.open;
      if (target.open) $("input:not([type=hidden]), select, textarea, button", target)?.focus();
    } else target.click();
  });

  // ---- the vocabulary of a field
  let asked = 0;
  document.addEventListener("input", async (event) => {
    const input = event.target.closest("[data-offer]");
    if (!input || input.value.length < 2) return;
    const mine = ++asked;
    const answer = await fetch(`/words?field=${encodeURIComponent(input.dataset.offer)}&q=${encodeURIComponent(input.value)}`);
    if (!answer.ok || mine !== asked) return;
    const words = await answer.json();
    $(`#${CSS.escape(input.getAttribute("list"))}`).replaceChildren(...words.map((word) => Object.assign(document.createElement("option"), { value: word })));
  });

  function ready() {
    const button = $("[data-keys]");
    if (button) { button.textContent = keys ? "Keys on" : "Keys off"; button.setAttribute("aria-pressed", String(keys)); }
    scrollTo($("mark.cur"));
    const row = $(".row.here");
    if (row && row.getBoundingClientRect().top > innerHeight) row.scrollIntoView({ block: "nearest" });
    $("form[data-go]")?.requestSubmit();
  }
  ready();
})();
