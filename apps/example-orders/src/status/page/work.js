const card = document.querySelector("#work");
const lanes = card.querySelector(".lanes");
const button = card.querySelector("#revive");

const everyMs = 2_000;
/** An event that is older is late. */
const lateMs = 5_000;

async function look() {
  try {
    const response = await fetch("/status/work", { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    show(await response.json());
    delete card.dataset.stale;
  } catch {
    // What is there is old; the head of the page says why.
    card.dataset.stale = "";
  }
}

async function lookAgainAndAgain() {
  for (;;) {
    await look();
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function show({ outbox, dead, inDoubt }) {
  card.hidden = false;
  const state = stateOf(outbox, inDoubt);
  const owners = new Set(outbox.lanes.flatMap(({ owner }) => owner ?? []));
  const texts = {
    state: { ok: "ok", behind: "behind", bad: "look at this" }[state],
    waiting: outbox.waiting.toLocaleString("en"),
    lag: duration(outbox.lagMs),
    dead: outbox.dead.toLocaleString("en"),
    inDoubt: inDoubt.length.toLocaleString("en"),
    relays: owners.size === 1 ? "1 relay" : `${owners.size} relays`,
  };
  for (const element of card.querySelectorAll("[data-text]")) {
    const text = texts[element.dataset.text];
    if (element.textContent !== text) element.textContent = text;
  }
  const health = card.querySelector(".health");
  health.dataset.state = state;
  health.dataset.health = state;
  const [deadFigure, doubtFigure] = card.querySelectorAll(".figures .bad");
  deadFigure.toggleAttribute("data-some", outbox.dead > 0);
  doubtFigure.toggleAttribute("data-some", inDoubt.length > 0);
  showLanes(outbox.lanes);
  const rows = dead.map(({ topic, key, attempts, reason }) => [topic, key ?? "–", `${attempts} times`, reason]);
  showList("dead", rows);
  button.hidden = outbox.dead === 0;
  showList(
    "inDoubt",
    inDoubt.map(({ label, decision, preparedAt }) => [
      label,
      decision,
      preparedAt === undefined ? "–" : `${duration(Math.max(0, Date.now() - preparedAt))} ago`,
    ]),
  );
}

function stateOf({ dead, lagMs, lanes: all }, inDoubt) {
  if (dead > 0 || inDoubt.length > 0) return "bad";
  return lagMs > lateMs || all.some(({ owner }) => owner === undefined) ? "behind" : "ok";
}

function showLanes(all) {
  while (lanes.children.length < all.length) lanes.append(document.createElement("span"));
  const most = Math.max(1, ...all.map(({ waiting }) => waiting));
  for (const [index, { waiting, owner }] of all.entries()) {
    const lane = lanes.children[index];
    lane.style.setProperty("--share", waiting / most);
    lane.toggleAttribute("data-free", owner === undefined);
  }
  const held = all.filter(({ owner }) => owner !== undefined).length;
  const waiting = all.reduce((sum, lane) => sum + lane.waiting, 0);
  lanes.ariaLabel = `Of ${all.length} lanes ${held} have a relay; ${waiting} events wait in them, ${most === 1 && waiting === 0 ? 0 : most} at most in one`;
}

function showList(name, rows) {
  const table = card.querySelector(`[data-list="${name}"]`);
  table.hidden = rows.length === 0;
  table.parentElement.querySelector(".none").hidden = rows.length > 0;
  table.tBodies[0].replaceChildren(
    ...rows.map((texts) => {
      const row = document.createElement("tr");
      for (const text of texts) row.insertCell().textContent = text;
      return row;
    }),
  );
}

function duration(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

button.addEventListener("click", async () => {
  await fetch("/status/dead/revive", { method: "POST" }).catch(() => undefined);
  await look();
});

lookAgainAndAgain();
