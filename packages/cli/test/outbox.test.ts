import { join } from "node:path";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import { Discard, outbox } from "@nsj/mdb-outbox";
import { expect, it } from "vitest";
import { mdb, scratchFolder, writeModule } from "./support/command.ts";

it("shows an outbox, its dead messages, and revives them", async () => {
  const folder = await scratchFolder();
  const filename = join(folder, "orders.db");
  {
    await using databases = new DatabaseManager({ orders: sqlite({ filename }) });
    const events = outbox(databases.database("orders"));
    await events.createTables();
    const add = (topic: string) =>
      databases.transaction("orders", () => events.add({ topic, key: "order 1", body: { secret: "tea" } }));
    await add("mail");
    const relay = events.relay({
      mail: () => {
        throw new Discard("no such address");
      },
    });
    const running = relay.start();
    await expect.poll(() => events.dead()).toHaveLength(1);
    await running[Symbol.asyncDispose]();
    await add("later");
  }
  const path = await writeModule(
    folder,
    "databases.ts",
    `import { sqlite } from "@nsj/mdb-adapter-sqlite";
export const databases = { orders: sqlite({ filename: ${JSON.stringify(filename)} }) };
`,
  );
  const command = (...words: string[]) => mdb("outbox", "orders", "-m", path, ...words);

  const lanes = await command();
  expect(lanes).toMatchObject({ code: 0, errors: "" });
  expect(lanes.out).toContain("1 wait, 1 were given up");
  const state = JSON.parse((await command("--json")).out);
  expect(state.lanes).toHaveLength(16);
  expect(state.lanes.filter((it: { waiting: number }) => it.waiting > 0)).toMatchObject([{ waiting: 1, failed: 0 }]);

  const dead = await command("--dead");
  expect(dead.out).toContain("mail");
  expect(dead.out).not.toContain("tea");
  const doctor = await mdb("doctor", "-m", path, "--json");
  const checks = JSON.parse(doctor.out).map((it: { check: string }) => it.check);
  expect(checks).toEqual(expect.arrayContaining(["outbox-dead", "outbox-backlog"]));

  expect((await command("--revive")).out).toContain("1 have another life");
  expect((await command("--dead")).out).toContain("none were given up");
  expect((await command("--revive", "no-such-id", "--json")).out).toBe('{"revived":0}\n');
  expect((await command("--table", "Nothing Like It")).code).toBe(2);
});
