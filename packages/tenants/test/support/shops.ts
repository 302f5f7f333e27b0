import { DatabaseManager, type DatabaseOptions, defineDatabase, type RoutedDatabase } from "@nsj/mdb-core";
import { type Place, type ResolveContext, type Tenants, type TenantsOptions, tenants } from "@nsj/mdb-tenants";
import { type FakeDriver, fakeDriver } from "@nsj/mdb-testkit";
import { TestClock } from "./test-clock.ts";

/** What the tests of this package work with: a database in memory for each tenant, and time that stands still. */
export interface Shops extends AsyncDisposable {
  readonly clock: TestClock;
  readonly fake: FakeDriver;
  readonly shops: Tenants;
  readonly manager: DatabaseManager;
  /** The label's database. */
  readonly shop: RoutedDatabase;
  /** Where tenants live; one that is not in here does not exist. Tests change it. */
  readonly places: Map<string, Place>;
  /** The ids that were looked up. */
  readonly lookups: string[];
  /** A database of its own, by name: two of the same name hold the same data. */
  own(name: string, options?: DatabaseOptions): ReturnType<typeof defineDatabase>;
}

/** Makes them. Each tenant that is asked for has a table `items` with its own id in it. */
export async function openShops(
  ids: readonly string[] = [],
  options: Partial<TenantsOptions> = {},
  ask?: (tenant: string, context: ResolveContext) => Promise<Place | undefined>,
): Promise<Shops> {
  const clock = new TestClock();
  const fake = fakeDriver();
  const lookups: string[] = [];
  const places = new Map<string, Place>();
  const own: Shops["own"] = (name, more = {}) => defineDatabase(fake.driver, { name, ...more });
  for (const id of ids) places.set(id, own(id));
  const shops = tenants({
    driver: fake.driver,
    async resolve(tenant, context) {
      lookups.push(tenant);
      return ask === undefined ? places.get(tenant) : ask(tenant, context);
    },
    ...options,
  });
  const manager = new DatabaseManager({ control: own("control"), shared: own("shared"), shop: shops }, { clock });
  for (const id of ids) await fill(own(id), id);
  const shop = manager.database("shop");
  return {
    clock,
    fake,
    shops,
    manager: manager as unknown as DatabaseManager,
    shop,
    places,
    lookups,
    own,
    async [Symbol.asyncDispose]() {
      await manager.close({ timeoutMs: 0 });
      fake.close();
    },
  };
}

async function fill(definition: ReturnType<typeof defineDatabase>, id: string): Promise<void> {
  await using manager = new DatabaseManager({ main: definition });
  const main = manager.database("main");
  await main.execute("create table items (name text)");
  await main.execute("insert into items (name) values (:id)", { id });
}

/** Whose data a statement sees. */
export function whose(database: Pick<RoutedDatabase, "queryScalar">): Promise<string> {
  return database.queryScalar<string>("select name from items limit 1");
}

/** The error of something that must fail. */
export async function errorOf(work: () => Promise<unknown> | unknown): Promise<Error & { readonly code?: string }> {
  try {
    await work();
  } catch (error) {
    return error as Error & { readonly code?: string };
  }
  throw new Error("it did not fail");
}
