import type { DriverConnection } from "@nsj/mdb-core";
import { crashPostgres, type RunningPostgres, startPostgres, untilUp } from "@nsj/mdb-wire-servers";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresDriver } from "../src/index.ts";
import { run, soon } from "./support/driving.ts";

let own: RunningPostgres;
beforeAll(async () => {
  // What is not committed comes to the disk by nobody's doing.
  own = await startPostgres(["autovacuum=off", "wal_writer_delay=10s", "bgwriter_delay=10s"]);
});
afterAll(() => own.stop());

async function asked(text: string): Promise<string> {
  const client = new pg.Client({ connectionString: own.url });
  await client.connect();
  try {
    return String(Object.values((await client.query(text)).rows[0] ?? {})[0]);
  } finally {
    await client.end();
  }
}

async function connection(): Promise<Required<DriverConnection>> {
  return (await postgresDriver.connector({ connectionString: own.url }).connect(soon())) as Required<DriverConnection>;
}

async function fateOf(number: string): Promise<string> {
  const other = await connection();
  try {
    return await other.fateOf(number, soon());
  } finally {
    other.destroy();
  }
}

function numberOf({ transactionNumber }: DriverConnection): string {
  if (typeof transactionNumber !== "string") throw new Error(`no number, but ${transactionNumber}`);
  return transactionNumber;
}

describe("a server that has crashed", () => {
  it("gives the number of a transaction that was lost to another one, which says nothing of the lost one", async () => {
    await asked("create table if not exists lost (a int)");
    const writer = await connection();
    writer.begin({ traceable: true });
    await run(writer, "insert into lost values (1)");
    const number = numberOf(writer);
    const [, own64 = ""] = number.split(":");
    await crashPostgres(own.url);
    await untilUp(own.url);
    for (let last = 0n; last < BigInt(own64); ) last = BigInt(await asked("select txid_current()"));
    expect(await asked(`select txid_status(${own64})`)).toBe("committed");
    expect(await asked("select count(*) from lost")).toBe("0");
    expect(await fateOf(number)).toBe("unknown");
    writer.destroy();
  });

  it("still knows what was committed before, until its numbers cannot be told from older ones", async () => {
    await asked("create table if not exists kept (a int)");
    const writer = await connection();
    writer.begin({ traceable: true });
    await run(writer, "insert into kept values (1)");
    const number = numberOf(writer);
    await writer.commit();
    expect(await fateOf(number)).toBe("committed");
    await crashPostgres(own.url);
    await untilUp(own.url);
    expect(await fateOf(number)).toBe("committed");
    await asked("select txid_current()");
    await asked("checkpoint");
    expect(await fateOf(number)).toBe("unknown");
    writer.destroy();
  });

  it("has rolled back what it remembers as that", async () => {
    await asked("create table if not exists undone (a int)");
    const writer = await connection();
    writer.begin({ traceable: true });
    await run(writer, "insert into undone values (1)");
    const number = numberOf(writer);
    // Another commit brings what was written before it to the disk, too.
    await asked("insert into undone values (2) returning a");
    await crashPostgres(own.url);
    await untilUp(own.url);
    expect(await fateOf(number)).toBe("rolled back");
    writer.destroy();
  });
});
