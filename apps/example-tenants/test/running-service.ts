import { randomBytes } from "node:crypto";
import { startPostgres } from "@nsj/mdb-wire-servers";
import type { FastifyPluginAsync } from "fastify";
import { ShopDao } from "../src/control/shop-dao.ts";
import { setUp } from "../src/control/tables.ts";
import { type Opened, openDatabases, type ServerUrls } from "../src/databases.ts";
import { buildService } from "../src/service.ts";
import { Ground } from "../src/shops/ground.ts";
import { KeyRing } from "../src/shops/key-ring.ts";
import { type Layout, layouts } from "../src/shops/layouts.ts";
import { signUp } from "../src/shops/sign-up.ts";

/** What an answer was. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the tests compare
  readonly body: any;
}

/** Two servers for all tests of a file, set up. */
export class TwoServers implements AsyncDisposable {
  readonly urls: ServerUrls;
  readonly sharedPassword: string;
  readonly #stop: () => Promise<unknown>;

  private constructor(urls: ServerUrls, sharedPassword: string, stop: () => Promise<unknown>) {
    this.urls = urls;
    this.sharedPassword = sharedPassword;
    this.#stop = stop;
  }

  static async start(): Promise<TwoServers> {
    const [north, south] = await Promise.all([startPostgres(), startPostgres()]);
    const urls = { north: north.url, south: south.url };
    const password = randomBytes(12).toString("hex");
    await setUp(urls, password);
    return new TwoServers(urls, password, () => Promise.all([north.stop(), south.stop()]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

/** The service, listening, on servers that outlive it, with two shops of each layout. */
export class RunningService implements AsyncDisposable {
  readonly url: string;
  readonly opened: Opened;
  readonly keys: KeyRing;
  readonly #close: () => Promise<void>;

  private constructor(url: string, opened: Opened, keys: KeyRing, close: () => Promise<void>) {
    this.url = url;
    this.opened = opened;
    this.keys = keys;
    this.#close = close;
  }

  static async start(servers: TwoServers, { more, port = 0, keys = new KeyRing() }: StartOptions = {}) {
    const opened = openDatabases(servers.urls, servers.sharedPassword, keys);
    if (!(await new ShopDao(opened.databases.database("control")).exists({}))) await addShops(opened, keys);
    const app = await buildService(opened, keys, { CLOSE_TIMEOUT_MS: 10_000, LOG_LEVEL: "silent" });
    if (more !== undefined) await app.register(more);
    const url = await app.listen({ host: "127.0.0.1", port });
    return new RunningService(url, opened, keys, () => app.close());
  }

  get(path: string): Promise<Answer> {
    return this.#ask(path, {});
  }

  post(path: string, body?: unknown): Promise<Answer> {
    if (body === undefined) return this.#ask(path, { method: "POST" });
    return this.#ask(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  order(shop: string, item: string, quantity = 1): Promise<Answer> {
    return this.post(`/shops/${shop}/orders`, { item, quantity });
  }

  /** What was ordered in a shop, by the service's own list. */
  async itemsOf(shop: string): Promise<readonly string[]> {
    const { body } = await this.get(`/shops/${shop}/orders?limit=100`);
    return body.items.map(({ item }: { readonly item: string }) => item).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #ask(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return {
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      body: isJson ? JSON.parse(text) : text,
    };
  }
}

/** What a service is started with. */
export interface StartOptions {
  /** Routes beside its own. */
  readonly more?: FastifyPluginAsync;
  /** A free one by default. */
  readonly port?: number;
  /** Those of a service before, whose passwords are in the table. */
  readonly keys?: KeyRing;
}

/** The ids of the shops that are there at first. */
export const shopsOf: Readonly<Record<Layout, readonly [string, string]>> = {
  database: ["acorn", "bramble"],
  schema: ["clover", "daisy"],
  rows: ["elder", "fern"],
};

async function addShops(opened: Opened, keys: KeyRing): Promise<void> {
  const ground = new Ground(opened, keys);
  for (const layout of layouts) {
    for (const id of shopsOf[layout]) await signUp(opened, ground, { id, name: `The ${id}`, layout });
  }
}
