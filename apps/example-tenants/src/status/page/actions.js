const told = document.querySelector("#told");
const load = document.querySelector("#load");
const form = document.querySelector("#sign-up");

let underLoad = false;
let isLive = false;
let calm;

/** Runs something of the service, one at a time for each button, and says what came of it. */
async function act(button, path, body, tell) {
  if (button.ariaDisabled === "true") return false;
  button.ariaDisabled = "true";
  try {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body: body && JSON.stringify(body) });
    const answer = await response.json();
    told.textContent = response.ok ? tell(answer) : `That did not work: ${answer.message ?? answer.error}`;
    return response.ok;
  } catch {
    told.textContent = "That did not work: the service does not answer.";
    return false;
  } finally {
    button.ariaDisabled = "false";
  }
}

document
  .querySelector("#count")
  .addEventListener("click", ({ target }) =>
    act(
      target,
      "/count",
      undefined,
      ({ total, orders, tookMs, failures }) =>
        `${orders.toLocaleString("en")} orders in ${total} shops, counted in ${Math.round(tookMs)} ms${failures > 0 ? `; ${failures} shops could not be asked` : ""}.`,
    ),
  );

document
  .querySelector("#rotate")
  .addEventListener("click", ({ target }) =>
    act(
      target,
      "/keys",
      undefined,
      ({ key, resealed }) => `The key is ${key} now: ${resealed} passwords were sealed anew, and the old key is gone.`,
    ),
  );

document.querySelector("#shops").addEventListener("click", ({ target }) => {
  const button = target.closest(".move");
  if (button === null) return;
  const { id } = button.closest("li").dataset;
  act(
    button,
    `/shops/${encodeURIComponent(id)}/move`,
    undefined,
    ({ name, server }) => `${name} is in the ${server} now.`,
  );
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, layout } = Object.fromEntries(new FormData(form));
  const tell = (shop) => `${shop.name} is open, on the server in the ${shop.server}.`;
  if (await act(form.querySelector("button"), "/shops", { id: idOf(name), name, layout }, tell)) form.reset();
});

function idOf(name) {
  const plain = name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "");
  return plain.slice(0, 30);
}

/** The button is there only where the service has the routes of the demonstration. */
export async function askForLoad(method = "GET") {
  const response = await fetch("/demo/load", { method }).catch(() => undefined);
  load.hidden = response?.ok !== true;
  if (load.hidden) return;
  const { running } = await response.json();
  underLoad = running;
  showButton();
  clearTimeout(calm);
  if (running) calm = setTimeout(() => askForLoad(), 1_000);
}

/** Whether the service answers. */
export function setLive(now) {
  isLive = now;
  showButton();
}

function showButton() {
  // Not `disabled`: that would take the focus away.
  load.ariaDisabled = String(underLoad || !isLive);
  load.textContent = underLoad ? "Customers order…" : "Let customers order";
}

load.addEventListener("click", () => {
  if (load.ariaDisabled !== "true") askForLoad("POST");
});
