const examples = JSON.parse(document.getElementById("examples").textContent);
const search = document.getElementById("search");
const found = document.getElementById("found");

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

search.addEventListener("input", () => show(search.value.trim()));
