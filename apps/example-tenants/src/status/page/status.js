import { askForLoad, setLive } from "./actions.js";
import { showFigures } from "./budget.js";
import { forgetHappenings, showHappenings, showShops } from "./shops.js";

/** Without news for this long the service counts as lost, whatever the connection says. */
const patienceMs = 3_000;

const page = document.querySelector("main");
const connection = document.querySelector("#connection");

let silence;

function listen() {
  const source = new EventSource("/status/samples");
  source.addEventListener("open", () => {
    forgetHappenings();
    askForLoad();
  });
  source.addEventListener("message", ({ data }) => show(JSON.parse(data)));
  source.onerror = () => {
    lost();
    // The browser tries again by itself, unless the answer was an error.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 1_000);
  };
}

function show(sample) {
  clearTimeout(silence);
  silence = setTimeout(lost, patienceMs);
  say("live", "Live");
  delete page.dataset.stale;
  showFigures(sample);
  showShops(sample.shops);
  showHappenings(sample.happenings, sample.shops);
}

function lost() {
  clearTimeout(silence);
  if (connection.dataset.state === "lost") return;
  say("lost", `The service does not answer since ${new Date().toLocaleTimeString()}. Trying again…`);
  page.dataset.stale = "";
}

function say(state, text) {
  if (connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = text;
  setLive(state === "live");
}

listen();
