const template = document.querySelector("#pool");
const width = 119;
const height = 40;

/**
 * Shows one pool, in the card that it has or in a new one.
 * @param samples - of this pool, the oldest first; at least one
 */
export function showPool(parent, samples) {
  const now = samples.at(-1);
  const card = parent.querySelector(`[data-label="${CSS.escape(now.label)}"]`) ?? addCard(parent, now.label);
  const figures = figuresOf(samples);
  for (const element of card.querySelectorAll("[data-text]")) {
    const text = String(figures[element.dataset.text]);
    if (element.textContent !== text) element.textContent = text;
  }
  card.querySelector(".health").dataset.health = now.health;
  card.querySelector(".figures .waiting").toggleAttribute("data-some", now.waiting > 0);
  showBar(card.querySelector(".bar"), now);
  showConnections(card.querySelector(".connections"), samples);
  showLatencies(card.querySelector(".latencies"), samples);
}

function addCard(parent, label) {
  const card = template.content.firstElementChild.cloneNode(true);
  const heading = card.querySelector("h2");
  card.dataset.label = label;
  heading.id = `pool-${label}`;
  card.setAttribute("aria-labelledby", heading.id);
  parent.append(card);
  return card;
}

function figuresOf(samples) {
  const now = samples.at(-1);
  const recent = samples.slice(-4);
  const statements = sum(recent.map((it) => it.statements));
  const spanMs = sum(recent.map((it) => it.spanMs));
  const timed = samples.slice(-10).findLast(({ p95Ms }) => p95Ms !== null);
  return {
    ...now,
    ofMax: `of ${now.max}`,
    rate: Math.round((statements * 1_000) / spanMs).toLocaleString("en"),
    p50: milliseconds(timed?.p50Ms),
    p95: milliseconds(timed?.p95Ms),
    connectionScale: `up to ${connectionScale(samples)}`,
    latencyScale: `up to ${milliseconds(latencyScale(samples))} ms`,
  };
}

function showBar(bar, { max, busy, idle, connecting, total }) {
  bar.style.setProperty("--max", max);
  const parts = { busy, idle, connecting, free: Math.max(0, max - total) };
  for (const [name, count] of Object.entries(parts)) {
    bar.querySelector(`.${name}`).style.flexGrow = count;
  }
  bar.ariaLabel = `Of ${max} connections ${busy} are busy, ${idle} idle, ${connecting} connecting, ${parts.free} not open`;
}

function showConnections(chart, samples) {
  const scale = connectionScale(samples);
  const busy = samples.map((it) => it.busy / scale);
  chart.querySelector(".area").setAttribute("d", busy.length > 1 ? `${line(busy)}V${height}H${x(0, busy)}Z` : "");
  chart.querySelector(".line.busy").setAttribute("d", line(busy));
  chart.querySelector(".line.waiting").setAttribute("d", line(samples.map((it) => it.waiting / scale)));
  const most = (of) => Math.max(...samples.map(of));
  chart.ariaLabel = `In the last minute at most ${most((it) => it.busy)} connections were busy and ${most((it) => it.waiting)} callers waited`;
}

function showLatencies(chart, samples) {
  const scale = latencyScale(samples);
  chart
    .querySelector(".latency")
    .setAttribute("d", line(samples.map(({ p95Ms }) => (p95Ms === null ? null : p95Ms / scale))));
  chart.ariaLabel = `In the last minute 95 % of the statements of each half second took at most ${milliseconds(scale)} ms`;
}

/** A path through shares of the height, the latest at the right edge; `null` is a gap. */
function line(shares) {
  let pen = "M";
  return shares
    .map((share, index) => {
      if (share === null) {
        pen = "M";
        return "";
      }
      const point = `${pen}${x(index, shares)} ${(height * (1 - share)).toFixed(2)}`;
      pen = "L";
      return point;
    })
    .join("");
}

function x(index, { length }) {
  return width - (length - 1 - index);
}

function connectionScale(samples) {
  return Math.max(...samples.flatMap(({ max, waiting }) => [max, waiting]));
}

function latencyScale(samples) {
  return Math.max(1, ...samples.map(({ p95Ms }) => p95Ms ?? 0));
}

function milliseconds(value) {
  if (value === undefined) return "–";
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
