import { showPool } from "./pool-card.js";

const kept = 120;
/** Without news for this long the service counts as lost, whatever the connection says. */
const patienceMs = 3_000;

const pools = document.querySelector("#pools");
const connection = document.querySelector("#connection");
const button = document.querySelector("#load");

let samples = [];
let silence;
let underLoad = false;
let calm;

function listen() {
  const source = new EventSource("/status/samples");
  // First all that the service remembers, then what is new.
  source.addEventListener("history", ({ data }) => {
    show(JSON.parse(data));
    askForLoad();
  });
  source.addEventListener("news", ({ data }) => show([...samples, ...JSON.parse(data)].slice(-kept)));
  source.onerror = () => {
    lost();
    // The browser tries again by itself, unless the answer was an error.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1_000);
  };
}

function heard() {
  clearTimeout(silence);
  silence = setTimeout(lost, patienceMs);
  say("live", "Live");
  delete pools.dataset.stale;
}

function lost() {
  clearTimeout(silence);
  if (connection.dataset.state === "lost") return;
  const since = new Date().toLocaleTimeString();
  say("lost", `The service does not answer since ${since}. Trying again…`);
  pools.dataset.stale = "";
}

function say(state, text) {
  if (connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = text;
  showButton();
}

function show(latest) {
  samples = latest;
  heard();
  const now = samples.at(-1);
  if (now === undefined) return;
  pools.ariaBusy = "false";
  for (const { label } of now.pools) {
    showPool(
      pools,
      samples.map(({ pools, spanMs }) => ({ ...pools.find((pool) => pool.label === label), spanMs })),
    );
  }
}

/** The button is there only where the service has the routes of the demonstration. */
async function askForLoad(method = "GET") {
  const response = await fetch("/demo/load", { method }).catch(() => undefined);
  button.hidden = response?.ok !== true;
  if (button.hidden) return;
  const { running } = await response.json();
  underLoad = running;
  showButton();
  clearTimeout(calm);
  if (running) calm = setTimeout(() => askForLoad(), 1_000);
}

function showButton() {
  // Not `disabled`: that would take the focus away.
  button.ariaDisabled = String(underLoad || connection.dataset.state !== "live");
  button.textContent = underLoad ? "Under load…" : "Put load on it";
}

button.addEventListener("click", () => {
  if (button.ariaDisabled !== "true") askForLoad("POST");
});

listen();
