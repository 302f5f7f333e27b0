import { EventEmitter, once } from "node:events";
import type { BudgetStats, PoolStats } from "@nsj/mdb-core";
import type { TenantsStats } from "@nsj/mdb-tenants";
import { type Shop, ShopDao } from "../control/shop-dao.ts";
import type { Opened } from "../databases.ts";
import type { KeyRing } from "../shops/key-ring.ts";
import { serverNames } from "../shops/layouts.ts";
import { type Happening, Happenings } from "./happenings.ts";

const everyMs = 500;
const kept = 120;

type Gauges = Pick<PoolStats, "max" | "total" | "idle" | "busy" | "connecting" | "waiting">;

/** One shop at one moment. */
export interface ShopSample extends Pick<Shop, "id" | "name" | "layout" | "server" | "state"> {
  /** The library has it open. */
  readonly isOpen: boolean;
  /** Calls, sessions and transactions. */
  readonly uses: number;
  /** Its own pool; `null` while it is closed, and where it shares one. */
  readonly pool: Gauges | null;
}

/** Everything at one moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly key: string;
  readonly budget: BudgetStats | undefined;
  readonly tenants: TenantsStats["tenants"];
  /** Shops that were moved to the other server. */
  readonly moved: number;
  /** The pools of single shops together. */
  readonly own: Gauges;
  /** The pools that shops share, by server. */
  readonly shared: readonly (Gauges & { readonly label: string })[];
  readonly shops: readonly ShopSample[];
  readonly happenings: readonly Happening[];
}

/** Looks at the shops twice a second while anybody looks on, and keeps the figures of the last minute. */
export class Sampler {
  readonly #opened: Opened;
  readonly #keys: KeyRing;
  readonly #control: ShopDao;
  readonly #happenings = new Happenings("shop");
  readonly #timer = setInterval(() => void this.#look(), everyMs);
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #used: (readonly [used: number, starving: number])[] = [];
  readonly #stopped = new AbortController();
  #catalogue: readonly Shop[] = [];
  #isReading = false;

  constructor(opened: Opened, keys: KeyRing) {
    this.#opened = opened;
    this.#keys = keys;
    this.#control = new ShopDao(opened.databases.database("control"));
    this.#timer.unref();
  }

  /** Each sample as it comes, with the budget's use in the last minute; ends when the sampler stops. A slow reader misses samples. */
  async *samples(): AsyncGenerator<Sample & { readonly minute: Sampler["minute"] }, void, undefined> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const news = await once(this.#events, "sample", { signal }).catch(() => undefined);
      if (news !== undefined) yield { ...(news[0] as Sample), minute: this.minute };
    }
  }

  /** Connections in use and pools that starved, the oldest first. */
  get minute(): readonly (readonly [used: number, starving: number])[] {
    return [...this.#used];
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#happenings.stop();
    this.#stopped.abort();
  }

  async #look(): Promise<void> {
    const { budget, tenants, pools } = this.#opened.shops.stats();
    this.#used.push([budget.used, budget.starving]);
    if (this.#used.length > kept) this.#used.shift();
    if (this.#events.listenerCount("sample") === 0 || this.#isReading) return;
    this.#isReading = true;
    try {
      this.#catalogue = await this.#control.findAll({ orderBy: { name: "asc" } });
    } catch {
      // The control database is away: open shops go on, and so does the page, with what it knows.
    } finally {
      this.#isReading = false;
    }
    const sample: Sample = {
      at: Date.now(),
      key: this.#keys.current,
      budget,
      tenants,
      moved: this.#happenings.moved,
      own: gaugesOf(pools),
      shared: serverNames.map((label) => ({ label, ...gaugesOf(this.#opened.databases.database(label).stats()) })),
      shops: this.#catalogue.map((shop) => this.#shop(shop)),
      happenings: this.#happenings.last,
    };
    this.#events.emit("sample", sample);
  }

  #shop({ id, name, layout, server, state }: Shop): ShopSample {
    const stats = this.#opened.shops.stats(id);
    const pool = stats?.pool && gaugesOf(stats.pool);
    return { id, name, layout, server, state, isOpen: stats !== undefined, uses: stats?.uses ?? 0, pool: pool ?? null };
  }
}

function gaugesOf({ max, total, idle, busy, connecting, waiting }: PoolStats): Gauges {
  return { max, total, idle, busy, connecting, waiting };
}
