import { compile, ParameterError } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { adminClient, driver, withServer } from "./support/server.ts";

const target = { database: "shop", engine: driver.name, dialect: driver.dialect };

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
    let understood = 0;
    try {
      for (let seed = 1; seed <= 4_000; seed++) {
        const random = randomFrom(seed);
        const body = () => Array.from({ length: random(4) }, () => bits[random(bits.length)]).join("");
        const kinds = [
          () => ":v",
          () => `'${body()}'`,
          () => `"${body()}"`,
          () => `1 /*${body()}*/`,
          () => `2 /*! , :v ${body()} */`,
          () => `3 /*!50101 + ${random(9)} */`,
          () => `4 -- ${body()}\n`,
          () => `5 #${body()}\n`,
          () => `6--:v`,
          () => `7 as \`${body().replaceAll("`", "")}y\``,
          () => `@a:=${random(9)}`,
          () => "8 /*!+ 1 */* 2",
        ];
        const items = Array.from({ length: 1 + random(4) }, () => kinds[random(kinds.length)]?.());
        const text = `select ${items.join(" , ")}`;
        const compiled = compiledOf(text);
        if (compiled === undefined) continue;
        const found = await parametersOf(client, compiled.text);
        if (found === undefined) continue;
        understood++;
        expect(found, `seed ${seed}: ${JSON.stringify(text)}`).toBe(compiled.values.length);
      }
    } finally {
      client.destroy();
    }
    // Most of them are nonsense.
    expect(understood).toBeGreaterThan(800);
  });
});

function compiledOf(text: string): { readonly text: string; readonly values: readonly unknown[] } | undefined {
  const values: Record<string, number> = {};
  for (;;) {
    try {
      return compile(text, values, target);
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      const missing = error.parameters.filter((name) => values[name] === undefined);
      if (missing.length === 0) return undefined;
      for (const name of missing) values[name] = 1;
    }
  }
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
