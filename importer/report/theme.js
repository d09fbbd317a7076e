"use strict";
const root = document.documentElement;
const theme = document.getElementById("theme");

function dress(dark) {
  root.dataset.theme = dark ? "dark" : "light";
  theme.setAttribute("aria-pressed", String(dark));
}

function unfold() {
  for (const part of document.querySelectorAll(".cause:not([open])")) {
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
addEventListener("beforeprint", unfold);
addEventListener("afterprint", fold);
