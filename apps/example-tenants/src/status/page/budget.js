const width = 119;
const height = 40;
const card = document.querySelector("#budget");
const servers = document.querySelector("#servers");
const pools = document.querySelector("#pools");
const template = document.querySelector("#shared-pool");

/** Shows the budget, the pools that shops share, and the figures of all shops. */
export function showFigures({ budget, own, shared, tenants, moved, shops, key, minute }) {
  const { max, used, starving, reclaimed, handedOver } = budget;
  const scale = Math.max(max, ...minute.map(([, waiting]) => waiting));
  const figures = {
    used,
    ofMax: `of ${max}`,
    starving,
    starvingWhat: starving === 1 ? "shop" : "shops",
    reclaimed,
    handedOver,
    scale: `up to ${scale}`,
  };
  showTexts(card, figures);
  card.querySelector(".starving").toggleAttribute("data-some", starving > 0);
  // What is being closed counts too.
  const others = Math.max(0, used - own.busy - own.idle);
  showBar(card.querySelector(".bar"), { max, busy: own.busy, idle: own.idle, connecting: others });
  showMinute(card.querySelector("svg"), minute, scale);

  for (const pool of shared) {
    const row = pools.querySelector(`[data-label="${pool.label}"]`) ?? addPool(pool.label);
    showTexts(row, { label: pool.label, words: `${pool.busy} busy, ${pool.waiting} waiting, of ${pool.max}` });
    showBar(row.querySelector(".bar"), pool);
  }
  const { idle, room, done, gone } = tenants.evicted;
  const { open, opened } = tenants;
  showTexts(servers, { open, ofAll: `of ${shops.length}`, opened, evicted: idle + room + done + gone, moved, key });
}

function addPool(label) {
  const row = template.content.firstElementChild.cloneNode(true);
  row.dataset.label = label;
  pools.append(row);
  return row;
}

/** Writes only what has changed. */
export function showTexts(parent, texts) {
  for (const element of parent.querySelectorAll("[data-text]")) {
    const text = texts[element.dataset.text];
    if (text !== undefined && element.textContent !== String(text)) element.textContent = String(text);
  }
}

function showBar(bar, { max, busy, idle, connecting }) {
  bar.style.setProperty("--max", max);
  const parts = { busy, idle, connecting, free: Math.max(0, max - busy - idle - connecting) };
  for (const [name, count] of Object.entries(parts)) bar.querySelector(`.${name}`).style.flexGrow = count;
  bar.ariaLabel = `Of ${max} connections ${busy} are busy, ${idle} idle, ${connecting} coming or going, ${parts.free} not open`;
}

function showMinute(chart, minute, scale) {
  const used = minute.map(([count]) => count / scale);
  const starving = minute.map(([, count]) => count / scale);
  chart.querySelector(".area").setAttribute("d", used.length > 1 ? `${line(used)}V${height}H${x(0, used)}Z` : "");
  chart.querySelector(".line.busy").setAttribute("d", line(used));
  chart.querySelector(".line.waiting").setAttribute("d", line(starving));
  const most = (index) => Math.max(0, ...minute.map((it) => it[index]));
  chart.ariaLabel = `In the last minute at most ${most(0)} connections were in use and ${most(1)} shops starved`;
}

/** A path through shares of the height, the latest at the right edge. */
function line(shares) {
  return shares
    .map((share, index) => `${index === 0 ? "M" : "L"}${x(index, shares)} ${(height * (1 - share)).toFixed(2)}`)
    .join("");
}

function x(index, { length }) {
  return width - (length - 1 - index);
}
