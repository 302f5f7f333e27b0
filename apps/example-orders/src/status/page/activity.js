const everyMs = 1_000;

const section = document.querySelector("#activity");
const open = section.querySelector("#open-transactions tbody");
const slow = section.querySelector("#slow-statements tbody");
const milliseconds = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

async function look() {
  // Nobody sees it: nothing is asked for.
  if (!document.hidden) {
    const response = await fetch("/status/activity").catch(() => undefined);
    if (response?.ok === true) show(await response.json());
  }
  setTimeout(look, everyMs);
}

function show({ slowMs, slow: statements, openCount, open: transactions }) {
  section.querySelector("#open-count").textContent = String(openCount);
  section.querySelector("#slow-from").textContent = `${slowMs} ms`;
  fill(
    open,
    transactions.map(({ database, propagation, openMs }) => [
      database,
      propagation,
      `${milliseconds.format(openMs)} ms`,
    ]),
    "None is open.",
  );
  fill(
    slow,
    statements.map(({ at, database, durationMs, waitedMs, skipped, statement, plan }) => [
      new Date(at).toLocaleTimeString(),
      database,
      `${milliseconds.format(durationMs)} ms`,
      waitedMs === undefined ? "" : `${milliseconds.format(waitedMs)} ms`,
      skipped === 0 ? "" : `+${skipped}`,
      code(statement ?? "", plan),
    ]),
    "None was slow.",
  );
}

/** The text, with its plan below where there is one. */
function code(text, plan) {
  const told = document.createElement("code");
  told.textContent = text.replace(/\s+/g, " ").trim();
  if (plan === undefined) return told;
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append(told);
  const lines = document.createElement("pre");
  lines.textContent = plan.text;
  details.append(summary, lines);
  return details;
}

function fill(body, rows, otherwise) {
  // A plan that somebody reads stays where it is.
  if (body.querySelector("details[open]") !== null) return;
  const empty = [[otherwise]];
  body.replaceChildren(
    ...(rows.length === 0 ? empty : rows).map((cells) => {
      const row = document.createElement("tr");
      for (const cell of cells) row.insertCell().append(cell);
      if (rows.length === 0) row.firstChild.colSpan = 6;
      return row;
    }),
  );
}

look();
