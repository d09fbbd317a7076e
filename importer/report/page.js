"use strict";
const examples = JSON.parse(document.getElementById("examples").textContent);
const root = document.documentElement;
const theme = document.getElementById("theme");
const search = document.getElementById("search");
const found = document.getElementById("found");

function dress(dark) {
  root.dataset.theme = dark ? "dark" : "light";
  theme.setAttribute("aria-pressed", String(dark));
}

function column(title, data) {
  const part = document.createElement("div");
  const head = document.createElement("h3");
  const text = document.createElement("pre");
  head.textContent = title;
  text.textContent = typeof data === "string" ? data : JSON.stringify(data, null, 2);
  text.tabIndex = 0;
  part.append(head, text);
  return part;
}

function show(wanted) {
  found.replaceChildren();
  const example = examples.find((one) => one.order === wanted) || examples.find((one) => wanted && one.order.includes(wanted));
  if (!example) {
    found.textContent = wanted ? "Not among the orders kept here; see problems.csv for all." : "";
    return;
  }
  const pair = document.createElement("div");
  pair.className = "pair";
  pair.append(column(`Source, ${example.place}`, example.source), column("Body", example.body || example.problems.join("\n")));
  found.append(pair);
}

dress(matchMedia("(prefers-color-scheme: dark)").matches);
theme.addEventListener("click", () => dress(root.dataset.theme !== "dark"));
search.addEventListener("input", () => show(search.value.trim()));
