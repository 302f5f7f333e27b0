import { randomInt, randomUUID } from "node:crypto";

interface Listed {
  readonly items: readonly { readonly id: number }[];
}

/** A client that orders something, looks at the last orders, and begins again, until the signal aborts. */
export async function runClient(url: string, end: AbortSignal): Promise<void> {
  if (end.aborted) return;
  const customers = await idsOf(`${url}/customers`);
  const products = await idsOf(`${url}/products`);
  while (!end.aborted) {
    const lines = [{ productId: oneOf(products), quantity: randomInt(1, 4) }];
    const placed = await fetch(`${url}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
      body: JSON.stringify({ customerId: oneOf(customers), lines }),
    });
    await placed.body?.cancel();
    const listed = await fetch(`${url}/orders?limit=20`);
    await listed.body?.cancel();
  }
}

async function idsOf(url: string): Promise<readonly number[]> {
  const { items } = (await (await fetch(url)).json()) as Listed;
  return items.map(({ id }) => id);
}

function oneOf(ids: readonly number[]): number {
  const id = ids[randomInt(ids.length)];
  if (id === undefined) throw new Error("there is nothing to choose from");
  return id;
}
