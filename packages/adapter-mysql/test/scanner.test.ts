import { DatabaseManager, defineDatabase } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { adminClient, driver, serverOptions, withServer } from "./support/server.ts";

/** A generator of numbers that a failing seed reproduces. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 9) % below;
  };
}

const bits = [
  ":no",
  "'",
  "''",
  '"',
  '""',
  "`",
  "\\",
  "\\'",
  '\\"',
  "\\\\",
  "--",
  "-- ",
  "#",
  "/*",
  "*/",
  "/*!",
  "\n",
  "\r",
  "\t",
  "é",
  "x",
  " ",
];

withServer(() => {
  it("finds the placeholders that the server's own parser finds, on random texts", async () => {
    const client = await adminClient();
    const databases = new DatabaseManager({ main: defineDatabase(driver, serverOptions()) });
    let understood = 0;
    try {
      for (let seed = 1; seed <= 3_000; seed++) {
        const ours = textOf(seed, ":v");
        // The same with the server's own placeholders: what it counts is right.
        const count = await parametersOf(client, textOf(seed, "?"));
        if (count === undefined) continue;
        understood++;
        const running = databases.database("main").query(ours, count === 0 ? {} : { v: 1 });
        await running.catch((cause: unknown) => {
          throw new Error(`seed ${seed}, ${count} placeholders: ${JSON.stringify(ours)}`, { cause });
        });
      }
    } finally {
      client.destroy();
      await databases.close();
    }
    // Most of them are nonsense.
    expect(understood).toBeGreaterThan(500);
  });
});

function textOf(seed: number, mark: string): string {
  const random = randomFrom(seed);
  const body = () => Array.from({ length: random(4) }, () => bits[random(bits.length)]).join("");
  const kinds = [
    () => mark,
    () => `'${body()}'`,
    () => `"${body()}"`,
    () => `1 /*${body()}*/`,
    () => `2 /*! , ${mark} ${body()} */`,
    () => `3 /*!50101 + ${random(9)} */`,
    () => `4 -- ${body()}\n`,
    () => `5 #${body()}\n`,
    () => `6--${mark}`,
    () => `@a:=${random(9)}`,
    () => "8 /*!+ 1 */* 2",
  ];
  return `select ${Array.from({ length: 1 + random(4) }, () => kinds[random(kinds.length)]?.()).join(" , ")}`;
}

/** How many the server counts; `undefined` for a text that it does not understand. */
async function parametersOf(
  client: Awaited<ReturnType<typeof adminClient>>,
  text: string,
): Promise<number | undefined> {
  try {
    const statement = await client.prepare(text);
    const { parameters } = (statement as unknown as { statement: { parameters: unknown[] } }).statement;
    await statement.close();
    return parameters.length;
  } catch (error) {
    if ((error as { readonly errno?: unknown }).errno === undefined) throw error;
    return undefined;
  }
}
