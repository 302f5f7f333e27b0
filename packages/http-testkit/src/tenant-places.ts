import { DatabaseManager, type DatabaseOptions, defineDatabase } from "@nsj/mdb-core";
import { type Place, type Tenants, type TenantsOptions, tenants } from "@nsj/mdb-tenants";
import { type ReferenceServer, referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { addressOf } from "./service.ts";

const ownTenants = 8;
const sharedTenants = 42;

/** The ids of tenants that have a database each, two of them so that they can move. */
export const own: readonly string[] = ["acme", "bolt", ...ids("own", ownTenants - 2)];
/** The ids of tenants that share one of two pools. */
export const shared: readonly string[] = ids("shared", sharedTenants);

/** Servers for fifty tenants: two for each that has a database of its own, two that the others share. */
export class TenantPlaces implements AsyncDisposable {
  readonly #servers = new Map<string, ReferenceServer>();

  static async start(): Promise<TenantPlaces> {
    const places = new TenantPlaces();
    for (const name of ["shared 0", "shared 1", ...own.flatMap((id) => [`${id} 0`, `${id} 1`])]) {
      places.#servers.set(name, await referenceServer());
    }
    return places;
  }

  /** Sessions that are open on all servers. */
  get sessions(): number {
    let sum = 0;
    for (const { sessions } of this.#servers.values()) sum += sessions;
    return sum;
  }

  /** Empty tables everywhere, which know their owner where there is one. */
  async createTables(): Promise<void> {
    for (const name of this.#servers.keys()) {
      await this.#at(name, async (database) => {
        await database.execute("drop table if exists notes");
        await database.execute("drop table if exists owner");
        await database.execute("create table notes (id integer, tenant text not null, kind text)");
        await database.execute("create table owner (name text)");
        const [id] = name.split(" ");
        if (id !== "shared") await database.execute("insert into owner (name) values (:id)", { id });
      });
    }
  }

  /** What is noted anywhere: who, which user, what. */
  async notes(): Promise<readonly string[]> {
    const all: string[] = [];
    for (const name of this.#servers.keys()) {
      await this.#at(name, async (database) => {
        const rows = await database.query<{ id: number; tenant: string; kind: string }>("select * from notes");
        for (const { id, tenant, kind } of rows) all.push(`${tenant} ${id} ${kind}`);
      });
    }
    return all.sort();
  }

  /** A place of a tenant, the first or the second. */
  placeOf(id: string, side: 0 | 1): Place | undefined {
    if (shared.includes(id)) return { on: `shared${side}`, settings: { "app.tenant": id } };
    return own.includes(id) ? this.definition(`${id} ${side}`) : undefined;
  }

  definition(name: string, more: DatabaseOptions = {}): ReturnType<typeof defineDatabase> {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`there is no server ${name}`);
    return defineDatabase(referenceDriver, { ...addressOf(server), ...more });
  }

  /** A manager with the label `shop` and the two pools that are shared. */
  open(resolve: (id: string) => Place | undefined, options: Partial<TenantsOptions> = {}): OpenTenants {
    const shops = tenants({ driver: referenceDriver, resolve, ...options });
    const pool = { max: 5, acquireTimeoutMs: 60_000 };
    const databases = new DatabaseManager({
      shared0: this.definition("shared 0", { pool }),
      shared1: this.definition("shared 1", { pool }),
      shop: shops,
    });
    return { shops, databases: databases as unknown as DatabaseManager };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers.values()) await server.close();
  }

  async #at(name: string, work: (database: ReturnType<DatabaseManager["database"]>) => Promise<void>): Promise<void> {
    await using manager: DatabaseManager = new DatabaseManager({ it: this.definition(name) });
    await work(manager.database("it"));
  }
}

/** What {@link TenantPlaces.open} gives. */
export interface OpenTenants {
  readonly shops: Tenants;
  readonly databases: DatabaseManager;
}

function ids(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
