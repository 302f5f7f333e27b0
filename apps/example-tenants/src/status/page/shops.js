import { showTexts } from "./budget.js";

const list = document.querySelector("#shops");
const template = document.querySelector("#shop");
const happenings = document.querySelector("#happenings");

const layoutWords = { database: "own database", schema: "own schema", rows: "rows" };
const reasonWords = {
  idle: "nobody had used it",
  room: "to make room for others",
  done: "all shops were gone through",
  gone: "it is being moved",
};
let lastShown = 0;

/** Shows every shop: where it is, whether it is open, and what it holds. */
export function showShops(shops) {
  list.ariaBusy = "false";
  for (const shop of shops) {
    const row = list.querySelector(`[data-id="${CSS.escape(shop.id)}"]`) ?? addRow(shop);
    const state = shop.state === "active" ? (shop.isOpen ? "open" : "closed") : shop.state;
    showTexts(row, { name: shop.name, layout: layoutWords[shop.layout], server: shop.server, state });
    row.dataset.state = state;
    row.querySelector(".move").ariaDisabled = String(shop.state !== "active");
    showPieces(row.querySelector(".pieces"), shop);
  }
}

function addRow({ id, name }) {
  const row = template.content.firstElementChild.cloneNode(true);
  row.dataset.id = id;
  row.querySelector(".move").ariaLabel = `Move ${name} to the other server`;
  // By name, as they come.
  const before = [...list.children].find((it) => it.querySelector(".name").textContent.localeCompare(name) > 0);
  list.insertBefore(row, before ?? null);
  return row;
}

/** A piece for each connection of its own; where it shares a pool, for each use. */
function showPieces(parent, { pool, uses }) {
  const kinds = pool
    ? [...repeat("busy", pool.busy), ...repeat("idle", pool.idle), ...repeat("connecting", pool.connecting)]
    : repeat("busy", Math.min(uses, 5));
  if (parent.dataset.kinds === kinds.join()) return;
  parent.dataset.kinds = kinds.join();
  parent.replaceChildren(...kinds.map((kind) => Object.assign(document.createElement("i"), { className: kind })));
  parent.ariaLabel = pool ? `${pool.busy} connections busy, ${pool.idle} idle` : `${uses} uses of a shared pool`;
}

function repeat(kind, count) {
  return Array.from({ length: count }, () => kind);
}

/** Adds what is new, the newest first. */
export function showHappenings(all, shops) {
  const names = new Map(shops.map(({ id, name }) => [id, name]));
  for (const { number, at, type, shop, reason, to } of all) {
    if (number <= lastShown) continue;
    lastShown = number;
    const item = document.createElement("li");
    const time = Object.assign(document.createElement("time"), { textContent: new Date(at).toLocaleTimeString() });
    const words = { opened: "opened", moved: `moved to the ${to}`, evicted: "closed" }[type];
    const why = reason === undefined ? "" : `: ${reasonWords[reason]}`;
    item.dataset.type = type;
    item.append(time, ` ${names.get(shop) ?? shop} ${words}${why}`);
    happenings.prepend(item);
    while (happenings.children.length > 40) happenings.lastElementChild.remove();
  }
}

/** After the service was lost it counts from the beginning. */
export function forgetHappenings() {
  lastShown = 0;
  happenings.replaceChildren();
}
