import { isMdbError } from "@nsj/mdb-core";
import type { Databases } from "./databases.ts";
import { print } from "./print.ts";

/** The same mistake gives the same error on every engine. */
export async function showErrors(databases: Databases): Promise<void> {
  await show(() =>
    databases
      .database("orders")
      .execute("insert into customers (email, name) values (:email, :name)", { email: "ada@example.org", name: "A." }),
  );

  // @ts-expect-error A wrong label does not compile; this is what a program in plain JavaScript gets.
  await show(() => databases.withSession("ordres", async (session) => session.commit()));
}

async function show(mistake: () => Promise<unknown>): Promise<void> {
  try {
    await mistake();
  } catch (error) {
    if (!isMdbError(error)) throw error;
    print(error.name, `(${error.code})`);
    print("", error.message);
  }
}
