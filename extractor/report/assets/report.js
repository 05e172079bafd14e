"use strict";
// The page is whole without this script: every value is a link to its words. The script shows the words beside the
// value, and draws the graph.
(() => {
  const AROUND = 220; // characters of the report shown on either side of a quote
  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const quotes = new Map(json("quotes").map((q) => [String(q.n), q]));
  const parts = new Map();
  for (const part of document.querySelectorAll(".frozen[data-p]")) {
    parts.set(JSON.stringify([part.dataset.d, part.dataset.p]), part);
  }

  // ---------------------------------------------------------------- the words behind a value
  const dialog = document.getElementById("evidence");
  const body = document.getElementById("evidence-body");

  function textOf(quote) {
    const part = parts.get(JSON.stringify([quote.d, quote.p]));
    return part ? Array.from(part.textContent) : null; // offsets count code points
  }

  // a quote and those near it in the same part are shown together
  function together(found) {
    const groups = [];
    for (const quote of found) {
      const last = groups.find((g) => !quote.j && !g[0].j && g[0].d === quote.d && g[0].p === quote.p
        && g.some((other) => Math.abs(other.s - quote.s) < 2 * AROUND));
      if (last) last.push(quote);
      else groups.push([quote]);
    }
    return groups;
  }

  const whole = (text, at, step) => { // not in the middle of a word
    while (at > 0 && at < text.length && text[at - 1].trim() && text[at].trim()) at += step;
    return at;
  };

  function marked(text, found) {
    const box = document.createElement("blockquote");
    const from = whole(text, Math.max(0, Math.min(...found.map((q) => q.s)) - AROUND), -1);
    const to = whole(text, Math.min(text.length, Math.max(...found.map((q) => q.e)) + AROUND), 1);
    let at = from;
    if (from > 0) box.append("… ");
    for (const quote of [...found].sort((a, b) => a.s - b.s)) {
      if (quote.e <= at) continue; // inside the one before
      const mark = document.createElement("mark");
      mark.textContent = text.slice(Math.max(at, quote.s), quote.e).join("");
      box.append(text.slice(at, Math.max(at, quote.s)).join(""), mark);
      at = quote.e;
    }
    box.append(text.slice(at, to).join("") + (to < text.length ? " …" : ""));
    return box;
  }

  function value(quote) {
    const box = document.createElement("blockquote");
    const mark = document.createElement("mark");
    mark.textContent = quote.q;
    box.append(`${quote.j}: `, mark);
    return box;
  }

  // ---------------------------------------------------------------- the page of a PDF, cut to where the words are
  const SHARE = { width: 0.62, height: 0.12 }; // of the page that a cut has at least

  function cut(sheet, numbers) {
    const copy = sheet.cloneNode(true);
    const kept = [];
    for (const frame of copy.querySelectorAll("rect")) {
      if (frame.dataset.n.split(" ").some((n) => numbers.has(n))) kept.push(frame);
      else frame.remove();
    }
    const of = (frame, name) => Number(frame.getAttribute(name));
    const [left, top] = ["x", "y"].map((name) => Math.min(...kept.map((f) => of(f, name))));
    const [right, bottom] = [["x", "width"], ["y", "height"]].map(([at, size]) => Math.max(...kept.map((f) => of(f, at) + of(f, size))));
    const whole = sheet.viewBox.baseVal;
    const fitted = (from, to, least, all) => { // the strip from-to made `least` long, inside of the page
      const length = Math.min(all, Math.max(to - from + 0.03 * all, least));
      return [Math.min(Math.max(0, (from + to - length) / 2), all - length), length];
    };
    const [x, width] = fitted(left, right, SHARE.width * whole.width, whole.width);
    const [y, height] = fitted(top, bottom, SHARE.height * whole.height, whole.height);
    copy.setAttribute("viewBox", [x, y, width, height].map((v) => v.toFixed(1)).join(" "));
    copy.setAttribute("aria-label", `Part of page ${sheet.dataset.page} of the PDF; the quote is framed`);
    return copy;
  }

  function pictured(found) {
    const article = parts.get(JSON.stringify([found[0].d, found[0].p]))?.closest("article");
    if (!article || !found.some((q) => q.g)) return [];
    const numbers = new Set(found.map((q) => String(q.n)));
    const shown = [];
    for (const sheet of article.querySelectorAll(".sheet")) {
      if (![...sheet.querySelectorAll("rect")].some((f) => f.dataset.n.split(" ").some((n) => numbers.has(n)))) continue;
      const link = document.createElement("a");
      link.href = `#${sheet.closest("figure").id}`;
      link.textContent = `the whole page ${sheet.dataset.page}`;
      link.addEventListener("click", () => {
        sheet.closest("details").open = true;
        dialog.close();
      });
      shown.push(cut(sheet, numbers), link);
    }
    if (shown.length) return shown;
    return [...article.querySelectorAll(".no-page")].map((said) => said.cloneNode(true));
  }

  function block(found) {
    const [first] = found;
    const box = document.createElement("div");
    const title = document.createElement("h3");
    title.textContent = first.j
      ? `${first.d}, registry record`
      : `${first.d}, ${first.p}${first.g ? `, page ${first.g} of the PDF` : ""}`;
    const text = first.j ? null : textOf(first);
    const link = document.createElement("a");
    link.href = `#q${first.n}`;
    link.textContent = "in the whole report";
    link.addEventListener("click", () => dialog.close());
    box.append(title, text ? marked(text, found) : value(first), link, ...pictured(found));
    return box;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.q[data-q]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    body.replaceChildren(...together(link.dataset.q.split(" ").map((n) => quotes.get(n))).map(block));
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop
  });

  // ---------------------------------------------------------------- print: what is folded is unfolded
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
  });

  // ---------------------------------------------------------------- the graph
  const place = document.getElementById("drawing");
  if (!place) return;
  place.hidden = false;
  document.querySelector(".controls").hidden = false;
  const colours = { Trial: "#14375e", Condition: "#5d4a1f", Product: "#2d5a36", Route: "#6b2d5c", AdverseEvent: "#8a2f1b" };
  const kinds = Object.entries(colours).map(([kind, colour]) => ({ selector: `node.${kind}`, style: { "background-color": colour } }));
  const cy = cytoscape({
    container: place,
    elements: json("elements"),
    layout: { name: "preset" },
    minZoom: 0.15,
    maxZoom: 4,
    style: [
      { selector: "node", style: { label: "data(label)", "font-size": 17, "text-valign": "center", "text-halign": "right", "text-margin-x": 6, width: 14, height: 14, color: "#1a1a1a", "text-max-width": 460, "text-wrap": "ellipsis" } },
      ...kinds,
      { selector: "node.Condition, node.Product, node.Route", style: { "text-halign": "left", "text-margin-x": -6, shape: "round-rectangle" } },
      { selector: "node.Trial", style: { "text-halign": "center", "text-margin-x": 0, shape: "round-rectangle", width: 190, height: 26, color: "#ffffff", "text-max-width": 180 } },
      { selector: "node.AdverseEvent", style: { shape: "diamond" } },
      { selector: "edge", style: { width: 1.4, "line-color": "#a9b4c0", "curve-style": "straight" } },
      { selector: "edge.SAME_COHORT_AS", style: { "line-color": "#b3541e", "line-style": "dashed", "curve-style": "unbundled-bezier", "control-point-distances": 140, "control-point-weights": 0.5 } },
      { selector: ".dim", style: { opacity: 0.12 } },
      { selector: ".near", style: { "line-color": "#14375e", width: 2.6 } },
      { selector: ".gone", style: { display: "none" } },
    ],
  });
  const NARROW = 700; // pixels: below, the graph is fitted by its height, and dragged
  const READABLE = 0.45; // at less, names cannot be read: the width is fitted, and the rest is below
  const fit = () => {
    const shown = cy.elements(":visible");
    const box = shown.boundingBox();
    if (place.clientWidth < NARROW) {
      cy.zoom(Math.max(READABLE, place.clientHeight / (box.h + 48)));
      cy.center(cy.nodes(".Trial"));
      return;
    }
    cy.fit(shown, 24);
    if (cy.zoom() >= READABLE) return;
    const zoom = Math.min(1, place.clientWidth / (box.w + 48));
    cy.viewport({ zoom, pan: { x: (place.clientWidth - box.w * zoom) / 2 - box.x1 * zoom, y: 24 - box.y1 * zoom } });
  };
  fit();

  const relations = document.getElementById("relations");
  const select = document.getElementById("node");

  function choose(id) {
    cy.elements().removeClass("dim near");
    relations.replaceChildren();
    select.value = id;
    if (!id) return;
    const node = cy.getElementById(id);
    const near = node.closedNeighborhood();
    cy.elements().not(near).addClass("dim");
    near.edges().addClass("near");
    const list = document.createElement("ul");
    for (const row of document.querySelectorAll("#relations-table tbody tr")) {
      if (row.dataset.a !== id && row.dataset.b !== id) continue;
      const item = document.createElement("li");
      const [from, words, to, said] = row.children;
      item.append(`${from.textContent} ${words.textContent} ${to.textContent}: `, ...said.cloneNode(true).childNodes);
      list.append(item);
    }
    const title = document.createElement("h3");
    title.textContent = `${node.data("label")}: ${list.children.length} relations`;
    relations.append(title, list);
  }

  cy.on("tap", "node", (event) => choose(event.target.id()));
  cy.on("tap", (event) => {
    if (event.target === cy) choose("");
  });
  select.addEventListener("change", () => {
    choose(select.value);
    if (select.value) cy.fit(cy.getElementById(select.value).closedNeighborhood(), 40);
    if (cy.zoom() > 1) cy.zoom({ level: 1, position: cy.getElementById(select.value).position() });
  });
  for (const box of document.querySelectorAll("input.kind")) {
    box.addEventListener("change", () => {
      cy.nodes(`.${box.value}`).toggleClass("gone", !box.checked);
      fit();
    });
  }
  const zoom = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: place.clientWidth / 2, y: place.clientHeight / 2 } });
  document.getElementById("closer").addEventListener("click", () => zoom(1.3));
  document.getElementById("farther").addEventListener("click", () => zoom(1 / 1.3));
  document.getElementById("whole").addEventListener("click", () => { choose(""); fit(); });
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => { cy.resize(); fit(); }, 100); });
})();
