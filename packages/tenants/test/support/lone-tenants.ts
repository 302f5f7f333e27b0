import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { type Database, DatabaseManager, type ManagerOptions, type RecoveryOptions, sql } from "@nsj/mdb-core";
import { type Place, type TenantsOptions, tenants } from "@nsj/mdb-tenants";
import { type RunningPostgres, startPostgres } from "@nsj/mdb-wire-servers";
import { onTestFinished } from "vitest";

/** So that nothing happens that a test did not ask for. */
const never: RecoveryOptions = { everyMs: Number.POSITIVE_INFINITY };

/** A server on which each tenant has a database, beside one for decisions. */
export class LoneTenants {
  readonly places = new Map<string, Place>();
  /** The ids that were looked up. */
  readonly lookups: string[] = [];
  readonly #server: RunningPostgres;
  readonly #ids: readonly string[];

  private constructor(server: RunningPostgres, ids: readonly string[]) {
    this.#server = server;
    this.#ids = ids;
  }

  /** Each has a table `t (id)`, the one for decisions too. */
  static async start(ids: readonly string[]): Promise<LoneTenants> {
    const server = await startPostgres(["max_prepared_transactions=16"]);
    const bed = new LoneTenants(server, ids);
    const names = ["control", ...ids];
    await using admin = new DatabaseManager({ main: postgres(postgresDriver.parseUrl(server.url)) });
    for (const name of names) await admin.database("main").execute(`create database ${name}`);
    for (const name of names) {
      await using one = new DatabaseManager({ main: bed.own(name) });
      await one.database("main").execute("create table t (id int)");
      if (name === "control") await one.prepareStore("main");
    }
    return bed;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** Of a database on the server. */
  url(name: string): string {
    return new URL(`/${name}`, this.#server.url).href;
  }

  /** The definition of a database on the server. */
  own(
    name: string,
    pool: { readonly max?: number } = {},
    login: { readonly user?: string; readonly password?: string } = {},
  ) {
    return postgres({ ...postgresDriver.parseUrl(this.#server.url), ...login, database: name, pool });
  }

  /** Every tenant is where it was made. */
  reset(): void {
    this.lookups.length = 0;
    this.places.clear();
    for (const id of this.#ids) this.places.set(id, this.own(id));
  }

  /** A process that has the databases. */
  open(options: Partial<TenantsOptions> & { readonly recovery?: ManagerOptions["recovery"] } = {}) {
    const { recovery = never, ...more } = options;
    const resolve = (id: string): Place | undefined => {
      this.lookups.push(id);
      return this.places.get(id);
    };
    const shops = tenants({ driver: postgresDriver, resolve, ...more });
    const manager = new DatabaseManager({ control: this.own("control"), shop: shops }, { recovery });
    onTestFinished(() => manager.close({ timeoutMs: 0 }));
    return { shops, manager, shop: manager.database("shop"), control: manager.database("control") };
  }

  /** Straight into a database, past everything that is tested. */
  async in<R>(name: string, work: (database: Database) => Promise<R>): Promise<R> {
    await using manager = new DatabaseManager({ main: this.own(name) });
    return await work(manager.database("main"));
  }

  rows(name: string): Promise<readonly number[]> {
    return this.in(name, async (it) =>
      (await it.query<{ id: number }>("select id from t order by id")).map((row) => row.id),
    );
  }

  /** How many transactions are noted. */
  notes(): Promise<number> {
    return this.in("control", async (it) => Number(await it.queryScalar("select count(*) from mdb_members")));
  }

  /**
   * What a process leaves that was killed: a note, and then, as far as it came, a row that is prepared in the tenant's database, and a decision.
   * @returns the transaction, for `resolve`
   */
  async left(
    tenant: string,
    { id, decided, at, ageMs = 0 }: { id?: number; decided?: "C" | "R"; at?: string; ageMs?: number },
  ): Promise<string> {
    const transaction = `${Date.now().toString(36).padStart(8, "0")}${String(Math.random()).slice(2, 16).padEnd(14, "0")}`;
    const store = await this.in("control", async (control) => {
      const name = await control.queryScalar<string>("select id from mdb_store");
      const { host, port } = postgresDriver.parseUrl(this.#server.url);
      const member = {
        label: "shop",
        key: tenant,
        engine: "postgres",
        number: 1,
        at: at ?? `${host}:${port}/${tenant}`,
      };
      await control.execute(
        sql`insert into mdb_members (id, members, limit_ms, noted_at) values (${transaction}, ${JSON.stringify([member])}, 30000, now() - ${ageMs} * interval '1 ms')`,
      );
      if (decided !== undefined) {
        await control.execute(
          sql`insert into mdb_decisions (id, outcome, branches) values (${transaction}, ${decided}, '[{"label":"shop"}]')`,
        );
      }
      return name;
    });
    if (id !== undefined) {
      await this.in(tenant, async (own) => {
        await own.withConnection(async (connection) => {
          const client = connection.raw() as { query(text: string): Promise<unknown> };
          await client.query(
            `begin; insert into t values (${id}); prepare transaction 'mdb1:${store}:${transaction}:1'`,
          );
        });
      });
    }
    return `${store}:${transaction}`;
  }
}
