// Draws what the server describes; it computes nothing.

// Plotly's own button to share a chart would send the data to its makers.
const CONFIG = {
  responsive: true,
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  modeBarButtonsToRemove: ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"],
};
const darkness = window.matchMedia("(prefers-color-scheme: dark)");
const narrowness = window.matchMedia("(max-width: 819px)");

// How figures are wanted: as parameters of an address.
export function look() {
  return `dark=${darkness.matches}&narrow=${narrowness.matches}`;
}

export function whenLookChanges(then) {
  darkness.addEventListener("change", then);
  narrowness.addEventListener("change", then);
}

export async function draw(place, figure) {
  place.querySelector(".waiting")?.remove();
  writeNotes(place, figure.layout.meta?.notes ?? []);
  place.style.height = `${figure.layout.height}px`; // plotly forgets the height of a figure that is fitted into its place
  await Plotly.react(place, figure.data, figure.layout, CONFIG);
}

export async function extend(place, columns) {
  if (!place.data) return;
  await Plotly.extendTraces(place, columns, columns.x.map((_, i) => i));
}

function writeNotes(place, notes) {
  let list = place.previousElementSibling;
  if (!list?.classList.contains("notes")) {
    list = document.createElement("ul");
    list.className = "notes";
    place.before(list);
  }
  list.replaceChildren(...notes.map((note) => {
    const item = document.createElement("li");
    item.textContent = note.text;
    if (note.warning) item.className = "warning";
    return item;
  }));
  list.hidden = notes.length === 0;
}

export async function drawFrom(place, address) {
  try {
    const answer = await fetch(`${address}${address.includes("?") ? "&" : "?"}${look()}`);
    const found = await answer.json();
    if (found.refused) place.textContent = `${found.refused.charAt(0).toUpperCase()}${found.refused.slice(1)}.`;
    else await draw(place, found);
  } catch {
    place.textContent = "The figure cannot be drawn: the server does not answer.";
  }
}

// Every figure of a page that has an address.
async function drawAll() {
  for (const place of document.querySelectorAll("[data-figure]")) await drawFrom(place, place.dataset.figure);
}

drawAll(); // a module runs when the page is read, and after plotly.js, which is deferred before it
whenLookChanges(drawAll);
