import { randomUUID } from "node:crypto";
import type { FastifyPluginAsync } from "fastify";
import { auditOutbox } from "../src/audit/audit-outbox.ts";
import { type Databases, openDatabases } from "../src/databases.ts";
import { addSampleGoods } from "../src/demo/sample-goods.ts";
import { buildService } from "../src/service.ts";
import { createTables } from "../src/tables.ts";
import { scratchPlaces } from "./scratch-places.ts";

/** What an answer was. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the tests compare
  readonly body: any;
}

/** What a service is started with. */
export interface StartOptions {
  /** Routes beside its own. */
  readonly more?: FastifyPluginAsync;
  /** A free one by default. */
  readonly port?: number;
}

/** The service on databases of its own, listening, with the sample goods in it. */
export class RunningService implements AsyncDisposable {
  readonly url: string;
  readonly databases: Databases;
  readonly #end: () => Promise<void>;

  constructor(url: string, databases: Databases, end: () => Promise<void>) {
    this.url = url;
    this.databases = databases;
    this.#end = end;
  }

  static async start({ more, port = 0 }: StartOptions = {}): Promise<RunningService> {
    const places = await scratchPlaces();
    const databases = openDatabases(places);
    await createTables(databases);
    await addSampleGoods(databases);
    const app = await buildService(databases, { CLOSE_TIMEOUT_MS: 10_000, LOG_LEVEL: "silent", SLOW_MS: 100 });
    if (more !== undefined) await app.register(more);
    const url = await app.listen({ host: "127.0.0.1", port });
    return new RunningService(url, databases, async () => {
      await app.close();
      await places[Symbol.asyncDispose]();
    });
  }

  get(path: string): Promise<Answer> {
    return this.#ask(path, {});
  }

  send(method: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.#ask(path, { method, body: text, headers: { "content-type": "application/json", ...headers } });
  }

  order(
    lines: readonly (readonly [productId: number, quantity: number])[],
    key: string = randomUUID(),
    customerId = 1,
  ) {
    const body = { customerId, lines: lines.map(([productId, quantity]) => ({ productId, quantity })) };
    return this.send("POST", "/orders", body, { "idempotency-key": key });
  }

  /** Sets what there is of a product. */
  async stock(productId: number, stock: number): Promise<void> {
    await this.databases.database("orders").execute("update products set stock = :stock where id = :productId", {
      productId,
      stock,
    });
  }

  async stockOf(productId: number): Promise<number> {
    return this.databases.database("orders").queryScalar("select stock from products where id = :productId", {
      productId,
    });
  }

  /** What the audit has, once everything has got there. */
  async events(): Promise<readonly string[]> {
    while ((await auditOutbox(this.databases).size()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const rows = await this.databases
      .database("audit")
      .query<{ what: string; order_id: number }>("select what, order_id from events order by id");
    return rows.map(({ what, order_id }) => `${what} ${order_id}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }

  async #ask(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.url + path, init);
    return { status: response.status, body: await response.json() };
  }
}
