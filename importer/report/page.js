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

function column(title, content) {
  const part = document.createElement("div");
  const head = document.createElement("h3");
  const text = document.createElement("pre");
  head.textContent = title;
  text.textContent = content;
  text.tabIndex = 0;
  part.append(head, text);
  return part;
}

function reasons(problems) {
  const list = document.createElement("ul");
  for (const problem of problems) {
    const item = document.createElement("li");
    item.textContent = problem;
    list.append(item);
  }
  return list;
}

function show(wanted) {
  found.replaceChildren();
  const example = examples.find((one) => one.order === wanted) || examples.find((one) => wanted && one.order.includes(wanted));
  if (!example) {
    found.textContent = wanted ? "Not among the orders kept here; problems.csv has every refused one." : "";
    return;
  }
  const pair = document.createElement("div");
  pair.className = "pair";
  pair.append(column(`Source, ${example.place}`, example.source), column("Body", example.body || "None."));
  if (example.problems.length) found.append(reasons(example.problems));
  found.append(pair);
}

function unfold() {
  for (const part of document.querySelectorAll("details:not([open])")) {
    part.open = true;
    part.dataset.unfolded = "";
  }
}

function fold() {
  for (const part of document.querySelectorAll("details[data-unfolded]")) {
    part.open = false;
    delete part.dataset.unfolded;
  }
}

dress(matchMedia("(prefers-color-scheme: dark)").matches);
theme.addEventListener("click", () => dress(root.dataset.theme !== "dark"));
search.addEventListener("input", () => show(search.value.trim()));
addEventListener("beforeprint", unfold);
addEventListener("afterprint", fold);
