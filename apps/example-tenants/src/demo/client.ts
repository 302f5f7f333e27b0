import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

const items = ["Tea", "Coffee", "Kettle", "Cup", "Spoon", "Tray"];

interface Listed {
  readonly items?: readonly { readonly id: string }[];
}

/** A client that orders something in one shop or another, looks at the last orders, and begins again, until the signal aborts. */
export async function runClient(url: string, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    const shops = await shopsOf(url);
    // The service is closing, or has none.
    if (shops.length === 0) return;
    const shop = oneOf(shops);
    // Some shops have more customers than others, and one of them keeps coming.
    for (let round = randomInt(1, 6); round > 0 && !end.aborted; round--) {
      const placed = await fetch(`${url}/shops/${shop}/orders`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ item: oneOf(items), quantity: randomInt(1, 9) }),
      });
      await placed.body?.cancel();
      // It is being moved, or others are served first.
      const seconds = Number(placed.headers.get("retry-after"));
      if (seconds > 0) await pause(seconds * 1_000, undefined, { signal: end }).catch(() => {});
      const listed = await fetch(`${url}/shops/${shop}/orders?limit=5`);
      await listed.body?.cancel();
    }
  }
}

async function shopsOf(url: string): Promise<readonly string[]> {
  const { items = [] } = (await (await fetch(`${url}/shops`)).json()) as Listed;
  return items.map(({ id }) => id);
}

function oneOf<T>(list: readonly T[]): T {
  const one = list[randomInt(list.length)];
  if (one === undefined) throw new Error("there is nothing to choose from");
  return one;
}
