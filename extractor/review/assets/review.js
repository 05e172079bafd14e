"use strict";
// Everything works without this script; it adds keys, selection of words, and pages that change in place.
(() => {
  const root = document.documentElement;
  root.classList.add("on");
  const $ = (what, from = document) => from.querySelector(what);
  const $$ = (what, from = document) => [...from.querySelectorAll(what)];
  const saved = () => $("#saved");
  let keys = localStorage.getItem("keys") !== "off";
  let busy = false, delivering = false, away = false; // away: the server did not answer last
  let again = 0, rejecting = null;

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

  // ---- what the server has not acknowledged is kept on this machine, also when the page is closed, and sent in its order
  const me = () => $(".who b")?.textContent ?? "";
  const box = () => JSON.parse(localStorage.getItem("outbox") || "[]");
  const keep = (list) => localStorage.setItem("outbox", JSON.stringify(list));
  const place = () => $(".who b")?.dataset.place ?? ""; // of the store: one address may serve another tomorrow
  const waiting = () => box().filter((one) => one.by === me() && one.place === place());

  function send(form, button) {
    if (busy) return;
    const action = form.getAttribute("action");
    if (away && action !== "/decide") { say("The server does not answer: this needs it. Decisions are kept here until it does", "bad"); return; }
    const body = new URLSearchParams(new FormData(form));
    if (button?.name) body.append(button.name, button.value);
    body.delete("check"); // of this session: the page that sends it has its own
    keep([...box(), { id: crypto.randomUUID(), by: me(), place: place(), action, body: body.toString() }]);
    if (away) { goOn(); return; }
    busy = true;
    say("Saving…", "busy");
    deliver();
  }

  async function deliver() {
    if (delivering) return;
    delivering = true;
    clearTimeout(again);
    const refused = [];
    let answer = null;
    try {
      for (let one; (one = waiting()[0]);) {
        answer = await post(one);
        if (answer.status === 401) { stay("log in again as " + me(), "/login"); return; }
        if (answer.status >= 500) throw new Error("the server failed");
        keep(box().filter((other) => other.id !== one.id));
        if (!answer.ok) refused.push(answer.clone());
      }
    } catch {
      // the same form goes again with the same uid: the server takes it once
      const first = !away;
      stay("the server does not answer; trying again");
      again = setTimeout(deliver, 2000);
      if (first) goOn();
      return;
    } finally { delivering = false; busy = false; }
    away = false;
    if (!answer) return;
    const words = await Promise.all(refused.slice(0, -1).map(told));
    await show(refused.at(-1) ?? answer, true);
    words.forEach((text) => $("#message")?.append(Object.assign(document.createElement("p"), { className: "error", textContent: text })));
    if (refused.length) say(refused.length > 1 ? `${refused.length} not saved` : "Not saved", "bad");
    else say(`All saved ${new Date().toLocaleTimeString()}`, "");
  }

  async function post(one) {
    const body = new URLSearchParams(one.body);
    for (let tries = 2; ; tries--) {
      body.set("check", $('input[name="check"]')?.value ?? "");
      const answer = await fetch(one.action, { method: "POST", body, headers: { Accept: "text/html" } });
      if (answer.status !== 403 || tries < 2) return answer;
      const page = new DOMParser().parseFromString(await (await fetch("/", { headers: { Accept: "text/html" } })).text(), "text/html");
      const check = $('input[name="check"]', page)?.value; // a new session of the same person
      if (!check || $(".who b", page)?.textContent !== me() || check === body.get("check")) return answer;
      $$('input[name="check"]').forEach((input) => { input.value = check; });
    }
  }

  const told = async (answer) => $("[role=alert]", new DOMParser().parseFromString(await answer.text(), "text/html"))?.textContent ?? "Not saved";

  function stay(why, link) {
    away = true;
    const n = waiting().length;
    say(`Not saved: ${n === 1 ? "1 waits" : `${n} wait`} on this machine; ${why}`, "bad");
    if (link) saved().append(" ", Object.assign(document.createElement("a"), { href: link, textContent: "Log in" }));
  }

  // ---- while the server is away: on to the next claim, with what the page has of it
  function goOn() {
    const here = $(".row.here");
    if (here) { here.classList.remove("open", "here"); here.removeAttribute("aria-current"); $(".s", here).textContent = "…"; }
    const rows = $$(".queue > ol a[data-row]"), from = rows.indexOf(here) + 1;
    const next = [...rows.slice(from), ...rows.slice(0, from)].find((row) => row.classList.contains("open"));
    stay("the server does not answer; trying again");
    if (next) alone(next);
    else if ($("#card")) $("#card").replaceChildren(made("h2", "Nothing more can be decided until the server answers"));
  }

  const made = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);

  function alone(row) {
    const id = row.dataset.row, field = id.startsWith("field:"), card = $("#card"), form = made("form", "", { method: "post", className: "verdicts" });
    if (!card) return;
    row.classList.add("here");
    row.setAttribute("aria-current", "true");
    const inputs = () => ["report", "seen_text", "seen_decision"].map((name) => [name, $(`form[data-key="z"] input[name="${name}"]`).value])
      .concat([["uid", crypto.randomUUID().replaceAll("-", "")], field ? ["field", id.slice(6)] : ["claim", id]])
      .map(([name, value]) => made("input", "", { type: "hidden", name, value }));
    form.setAttribute("action", "/decide");
    form.append(...inputs());
    for (const [verdict, act, word] of field ? [["not_reported", "n", "Really not reported"]] : [["accept", "a", "Accept"], ["unsure", "u", "Unsure"]]) {
      const button = made("button", `${word} `, { name: "verdict", value: verdict });
      button.dataset.key = act;
      button.append(made("kbd", act));
      form.append(button);
    }
    const reject = field ? null : rejecting?.cloneNode(true);
    const rejected = reject && $("form", reject);
    if (rejected) {
      const words = $$("button", rejected), verdict = made("input", "", { type: "hidden", name: "verdict", value: "reject" });
      rejected.replaceChildren(...inputs(), verdict, ...words);
    }
    const quotes = $$("mark[data-c]").filter((mark) => mark.dataset.c.split(" ").includes(id));
    $$("mark.cur").forEach((mark) => mark.classList.remove("cur"));
    quotes.forEach((mark) => mark.classList.add("cur"));
    card.dataset.claim = id;
    card.replaceChildren(
      made("p", $(".f", row).textContent, { className: "tags" }), made("h2", field ? "Nothing found" : $(".w", row).textContent, { id: "card-title", tabIndex: -1 }),
      made("p", quotes.map((mark) => mark.textContent).join(" … "), { className: "sentence" }), form, ...(reject ? [reject] : []),
      made("p", "The server does not answer. What you say is kept on this machine and sent when it does; to correct or add a value, wait for it.", { className: "soft" }),
    );
    named();
    scrollTo($("mark.cur"));
    $("#card-title").focus({ preventScroll: true });
  }

  async function go(url) {
    if (busy) return;
    if (away) { const row = $$("a[data-row]").find((one) => one.href === url); if (row?.classList.contains("open")) { $(".row.here")?.classList.remove("here"); alone(row); } return; }
    try { await show(await fetch(url, { headers: { Accept: "text/html" } }), true); } catch { say("The server does not answer", "bad"); }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || !form.closest(".work, .bar")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  window.addEventListener("popstate", () => go(location.href));

  document.addEventListener("click", (event) => {
    const row = event.target.closest("a[data-row], a.button");
    if (row && row.closest(".work") && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(row.href); return; }
    const mark = event.target.closest("mark[data-c]");
    if (mark && getSelection().isCollapsed) { choose(mark); return; }
    const jump = event.target.closest("a.jump");
    if (jump) { event.preventDefault(); scrollTo(pieceAt(jump.dataset.part, Number(jump.dataset.at))); return; }
    if (event.target.closest("[data-change]")) changing();
    if (event.target.closest("[data-default]")) { localStorage.removeItem("keymap"); named(); }
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

  const ACTS = ["a", "c", "r", "u", "n", "m", "j", "k", "z", "Z", "s", "?"];
  const RESERVED = " '/0123456789"; // of browsers, and of the reasons
  const changed = () => JSON.parse(localStorage.getItem("keymap") || "{}");
  const keyOf = (act) => changed()[act] ?? act;
  const actOf = (key) => ACTS.find((act) => keyOf(act) === key);

  function named() {
    $$("[data-key]").forEach((one) => $$(":scope > kbd, :scope > button > kbd, :scope > summary > kbd", one).forEach((kbd) => { kbd.textContent = keyOf(one.dataset.key); }));
    $$(".help kbd[data-act]").forEach((kbd) => { kbd.textContent = keyOf(kbd.dataset.act); });
    $$(".help input[data-act]").forEach((input) => { input.value = keyOf(input.dataset.act); });
  }

  function changing() {
    const help = $(".help"), list = help && $("dl", help);
    if (!list || $("input", list)) return;
    $$("kbd[data-act]", list).forEach((kbd) => {
      const input = made("input", "", { maxLength: 1, value: keyOf(kbd.dataset.act), autocomplete: "off" });
      input.dataset.act = kbd.dataset.act;
      input.addEventListener("focus", () => input.select());
      input.setAttribute("aria-label", `Key for ${kbd.closest("div").querySelector("dd").textContent}`);
      kbd.replaceWith(input);
    });
    $("input", list).focus();
  }

  document.addEventListener("change", (event) => {
    const act = event.target.dataset?.act, key = event.target.value;
    if (!act) return;
    const taken = ACTS.find((other) => other !== act && keyOf(other) === key);
    if (!key || RESERVED.includes(key) || taken) say(taken ? `“${key}” is the key of another act` : "This key cannot be taken", "bad");
    else { localStorage.setItem("keymap", JSON.stringify({ ...changed(), [act]: key })); say("The key is changed, on this machine", ""); }
    named();
  });

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
    const act = actOf(event.key);
    if (acts[act]) { event.preventDefault(); acts[act](); return; }
    const reason = $(`details[data-key="r"][open] [data-reason="${CSS.escape(event.key)}"]`);
    const target = reason || (act && $(`#card [data-key="${CSS.escape(act)}"]`));
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
    rejecting = $('#card details[data-key="r"]')?.cloneNode(true) ?? rejecting;
    named();
    const button = $("[data-keys]");
    if (button) { button.textContent = keys ? "Keys on" : "Keys off"; button.setAttribute("aria-pressed", String(keys)); }
    scrollTo($("mark.cur"));
    const row = $(".row.here");
    if (row && row.getBoundingClientRect().top > innerHeight) row.scrollIntoView({ block: "nearest" });
    $("form[data-go]")?.requestSubmit();
  }
  ready();
  if (waiting().length) { say(`${waiting().length} not saved yet: sending`, "busy"); deliver(); }
  else if (me() && box().length) say(`Decisions of ${box()[0].by} wait on this machine for their store: open it as ${box()[0].by} to send them`, "bad");
})();
