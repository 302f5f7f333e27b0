import { ParameterError, transactional } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { idsOf, useTestServer } from "./test-database.ts";

const server = useTestServer();

describe.each<[string, unknown]>([
  ["undefined", undefined],
  ["a promise", Promise.resolve(1)],
  ["an object", { timeoutMs: 5 }],
])("work that is no function: %s", (found, work) => {
  const message = `main (reference): the work is a function, as in async (tx) => { ... }, not ${found}`;
  const none = work as never;

  it("is refused before anything is sent", async () => {
    const database = await server.open();
    await using session = await database.getSession();
    await using held = await database.begin();
    const calls = [
      () => database.transaction(none),
      () => database.withSession(none),
      () => database.withConnection(none),
      () => database.withConnection((connection) => connection.transaction(none)),
      () => session.transaction(none),
      () => session.savepoint(none),
      () => session.run(none),
      () => held.transaction(none),
      () => held.savepoint(none),
      () => held.run(none),
    ];
    for (const call of calls) {
      const refused = call();
      await expect(refused).rejects.toThrow(ParameterError);
      await expect(refused).rejects.toMatchObject({ message, database: "main" });
    }
    expect(database.stats().acquired).toBe(1); // by withConnection() that had a function
  });

  it("is refused inside of a transaction, which stays whole", async () => {
    const database = await server.open();
    await database.transaction(async (tx) => {
      await tx.execute("insert into items (id, name) values (1, 'a')");
      await expect(tx.savepoint(none)).rejects.toThrow(message);
      await expect(database.transaction(none)).rejects.toThrow(message);
    });
    expect(await idsOf(database)).toEqual([1]);
  });

  it("is refused over several databases, and where its function is made", async () => {
    const databases = server.manager("a", "b");
    const spanning = databases.transaction(["a", "b"], none);
    await expect(spanning).rejects.toThrow(`the work is a function, as in async (tx) => { ... }, not ${found}`);
    expect(() => transactional(databases.database("a"), none)).toThrow(
      `transactional() takes a function, as in async () => { ... }, not ${found}`,
    );
  });
});

it("a transaction whose label and work have changed places says which comes first", async () => {
  const databases = server.manager("a");
  await expect(databases.transaction((async () => 1) as never, "a" as never)).rejects.toThrow(
    "a transaction takes the label of its database, or a list of labels, and then its work; not a function",
  );
});
