import { type Database, Transactional } from "@nsj/mdb-core";

/** Only compiled, never run. */
export class Service {
  declare readonly orders: Database;

  @Transactional((self: Service) => self.orders, { isolation: "serializable", retry: { attempts: 3 } })
  async place(name: string, count: number): Promise<number> {
    return name.length + count;
  }

  @Transactional("audit")
  async audit(): Promise<void> {}

  // @ts-expect-error only asynchronous methods can be transactional
  @Transactional("audit")
  now(): number {
    return 1;
  }

  // @ts-expect-error no such option
  @Transactional("audit", { isolationLevel: "serializable" })
  async wrong(): Promise<void> {}
}
