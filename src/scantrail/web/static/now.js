// Follows the runs under way: the server tells what is new, in words and figures; here it is put in its place.

import { draw, drawFrom, extend, look, whenLookChanges } from "./plot.js";

const ROWS = 12;
const cards = document.getElementById("cards");
const idle = document.getElementById("idle");
const recent = document.getElementById("recent");
const link = document.getElementById("link");
let source = null;

function card(run) {
  return cards.querySelector(`[data-run="${run}"]`);
}

function place(run) {
  return card(run)?.querySelector("[data-live]");
}

// A browser that is slower than the points waits for none: it rests as long as it drew, so that what came meanwhile is
// heard of, and draws that in one piece. Half its time is left for whoever scrolls or presses a button.
const waiting = new Map();
const drawing = new Set();

async function catchUp(run) {
  if (drawing.has(run)) return;
  drawing.add(run);
  try {
    while (waiting.has(run)) {
      const { figure, columns } = waiting.get(run);
      waiting.delete(run);
      const shown = place(run);
      const began = performance.now();
      if (figure) await draw(shown, figure);
      if (columns) await extend(shown, columns);
      await new Promise((rested) => setTimeout(rested, performance.now() - began));
    }
  } finally {
    drawing.delete(run);
  }
}

function joined(earlier, later) {
  return earlier ? earlier.map((values, i) => values.concat(later[i])) : later;
}

const told = {
  card({ run, html }) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const made = holder.content.firstElementChild;
    const old = card(run);
    if (old) old.replaceWith(made);
    else cards.insertBefore(made, [...cards.children].find((other) => Number(other.dataset.run) < run) ?? null);
    idle.hidden = true;
  },
  figure({ run, figure }) {
    waiting.set(run, { figure });
    catchUp(run);
  },
  extend({ run, extend: columns }) {
    const before = waiting.get(run) ?? {};
    const x = joined(before.columns?.x, columns.x);
    const y = joined(before.columns?.y, columns.y);
    waiting.set(run, { ...before, columns: { x, y } });
    catchUp(run);
  },
  rows({ run, rows, headings }) {
    const table = card(run).querySelector("table.points");
    if (headings) table.tHead.rows[0].replaceChildren(...headings.map((text) => cell("th", text)));
    const body = table.tBodies[0];
    for (const row of rows.toReversed()) {
      const line = document.createElement("tr");
      line.append(...row.map((text) => cell("td", text)));
      body.prepend(line);
    }
    while (body.rows.length > ROWS) body.deleteRow(-1);
  },
  progress({ run, points, percent, words, left }) {
    const shown = card(run);
    shown.querySelector("[data-bar]").value = percent;
    const count = shown.querySelector("[data-words]");
    count.textContent = words;
    count.dataset.points = points;
    shown.querySelector("[data-left]").textContent = left;
  },
  state({ run, word, told: sentence, command, over }) {
    const shown = card(run);
    const badge = shown.querySelector("[data-state] .status");
    badge.className = `status s-${word}`;
    badge.textContent = word;
    shown.querySelector("[data-told]").textContent = sentence;
    shown.querySelector("[data-resume]").hidden = !command;
    shown.querySelector("[data-command]").textContent = command;
    shown.querySelector("[data-controls]").hidden = over;
    const [pause, go] = [shown.querySelector("[data-pause]"), shown.querySelector("[data-go]")];
    const wasHere = [pause, go].includes(document.activeElement);
    pause.hidden = word === "paused";
    go.hidden = word !== "paused";
    if (wasHere) (pause.hidden ? go : pause).focus(); // whoever used one by keyboard finds the other in its place
    if (over || word === "paused") shown.querySelector("[data-left]").textContent = "";
  },
  recent({ html, running }) {
    recent.innerHTML = html;
    idle.hidden = running > 0 || cards.children.length > 0;
  },
};

function cell(name, text) {
  const made = document.createElement(name);
  made.className = "n";
  made.textContent = text;
  return made;
}

function open() {
  source?.close();
  source = new EventSource(`/live/now?${look()}`);
  source.onopen = () => { link.textContent = ""; };
  source.onerror = () => { link.textContent = "The server does not answer; scans go on without it."; };
  for (const [name, act] of Object.entries(told)) {
    source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  }
}

// A browser keeps six connections to a host, over all its tabs: one that nobody sees gives its own back.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) source?.close();
  else open();
});

// What is asked of a run is sent from where it is: its card, and what it says of its end, stay in sight.
cards.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  try {
    const answer = await fetch(form.action, { method: "POST", redirect: "manual" });
    if (answer.type !== "opaqueredirect") form.submit(); // refused: the page that says why
  } catch {
    link.textContent = "The server does not answer; what was asked did not reach it.";
  }
});

whenLookChanges(() => {
  open();
  for (const shown of cards.children) { // the stream tells of runs under way alone
    if (shown.querySelector("[data-controls]").hidden) {
      drawFrom(shown.querySelector("[data-live]"), `/runs/${shown.dataset.run}/figure`);
    }
  }
});
open();
