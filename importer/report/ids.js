const MOST = 20;
const data = JSON.parse(document.getElementById("orders").textContent);
const search = document.getElementById("search");
const told = document.getElementById("told");
const found = document.getElementById("found");

function lines(text) {
  return text ? text.split("\n").map((line) => line.split("\t")) : [];
}

function order(number, source, shop, id, state) {
  const keys = source ? [plain(number), plain(source)] : [plain(number)];
  return { number, source: source || number, shop: data.namespaces[shop || 0], id, state, keys };
}

function plain(text) {
  return text.trim().toLowerCase().replace(/^#/, "");
}

let last = 0;
const orders = lines(data.created).map(([number, step, source, shop]) => {
  last += step ? Number(step) : 1;
  return order(number, source, shop, last, "");
});
for (const [number, state, source, shop] of lines(data.others)) orders.push(order(number, source, shop, 0, state));

function rank(one, wanted) {
  if (one.keys.includes(wanted)) return 0;
  if (String(one.id) === wanted) return 1;
  return one.keys.some((key) => key.includes(wanted)) ? 2 : 3;
}

function hits(wanted) {
  const ranks = [[], [], [], []];
  for (const one of orders) ranks[rank(one, wanted)].push(one);
  return [ranks[0].length + ranks[1].length, ranks.slice(0, 3).flat()];
}

function cell(row, tag, content) {
  const made = document.createElement(tag);
  made.append(content);
  row.append(made);
  return made;
}

function target(one) {
  if (!one.id) return `not in the store: ${one.state}`;
  if (!data.link) return String(one.id);
  const link = document.createElement("a");
  link.href = data.link + one.id;
  link.textContent = one.id;
  return link;
}

function table(rows) {
  const made = document.createElement("table");
  const several = data.namespaces.length > 1;
  const heads = ["Old order", "New order", ...(several ? ["Old shop"] : [])];
  const head = made.createTHead().insertRow();
  for (const text of heads) cell(head, "th", text).scope = "col";
  const body = made.createTBody();
  for (const one of rows) {
    const row = body.insertRow();
    cell(row, "th", one.source === one.number ? one.number : `${one.number} (${one.source})`).scope = "row";
    cell(row, "td", target(one));
    if (several) cell(row, "td", one.shop);
  }
  return made;
}

function show() {
  const wanted = plain(search.value);
  found.replaceChildren();
  told.textContent = "Type a number.";
  if (!wanted) return;
  const [same, all] = hits(wanted);
  const more = all.length > MOST ? `, the first ${MOST} are shown` : "";
  told.textContent = all.length ? `${same} with this number, ${all.length - same} more that contain it${more}` : "No such order was brought along.";
  if (all.length) found.append(table(all.slice(0, MOST)));
}

search.value = decodeURIComponent(location.hash.slice(1));
search.addEventListener("input", show);
show();
