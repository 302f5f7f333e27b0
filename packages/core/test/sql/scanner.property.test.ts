import { describe, expect, it } from "vitest";
import { compile } from "../../src/sql/index.ts";
import { mssql, mysql, oracle, postgres, sqlite, targets } from "./dialects.ts";

/** A generator of numbers that a failing seed reproduces. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 9) % below;
  };
}

const hidden = [
  ":no",
  "'",
  "''",
  '"',
  "--",
  "/*",
  "*/",
  "$$",
  "$q$",
  "[",
  "]",
  "`",
  "\\",
  "::",
  "?",
  "$1",
  "@p1",
  "\n",
  "é",
  "x",
];

/** Text that holds no placeholder for the engine, however it looks. */
function opaqueKinds(engine: string): readonly ((body: string) => string)[] {
  if (engine === mysql.engine) return mysqlKinds;
  const always = [
    (body: string) => `'${body.replaceAll("'", "''")}'`,
    (body: string) => `"${body.replaceAll('"', '""')}"`,
    (body: string) => `--${body.replaceAll("\n", " ")}\n`,
    (body: string) => `/*${body.replaceAll("/*", "").replaceAll("*/", "").replaceAll(/[*/]/g, "")}*/`,
  ];
  const own: Readonly<Record<string, readonly ((body: string) => string)[]>> = {
    [postgres.engine]: [
      (body) => `$t$${body.replaceAll("$t$", "")}$t$`,
      (body) => `E'${body.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
      (body) => `/*${body.replaceAll(/[*/]/g, "")}/*${body.replaceAll(/[*/]/g, "")}*/ :no */`,
      () => "a[i:j]",
      () => "x::no",
    ],
    [sqlite.engine]: [(body) => `[${body.replaceAll("]", "")}]`, (body) => `\`${body.replaceAll("`", "``")}\``],
    [mssql.engine]: [(body) => `[${body.replaceAll("]", "]]")}]`],
    [oracle.engine]: [
      (body) => `q'[${body.replaceAll("]", "")}]'`,
      (body) => `q'!${body.replaceAll("!", "")}!'`,
      () => "x := 1",
    ],
  };
  return [...always, ...(own[engine] ?? [])];
}

const mysqlKinds: readonly ((body: string) => string)[] = [
  (body) => `'${body.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
  (body) => `"${body.replaceAll("\\", "\\\\").replaceAll('"', '""')}"`,
  (body) => `\`${body.replaceAll("`", "``")}\``,
  (body) => `-- ${body.replaceAll("\n", "\r")}\n`,
  (body) => `#${body.replaceAll("\n", "\r")}\n`,
  (body) => `/* ${body.replaceAll(/[*/]/g, "")}*/`,
  () => "5--@x",
  () => "/*!50101 + 1 */* 2",
  () => "@x:=1",
];

describe("the scanner, on random texts", () => {
  for (const target of [...targets, mysql]) {
    it(`finds exactly the placeholders that were put in on ${target.engine}`, () => {
      const kinds = opaqueKinds(target.engine);
      const code = ["select ", " , ", "(", ")", " = ", " + ", "\n", " where a1 ", " - ", " / ", " * ", ".", ";"];
      for (let seed = 1; seed <= 1_500; seed++) {
        const random = randomFrom(seed);
        const body = () => Array.from({ length: random(5) }, () => hidden[random(hidden.length)]).join("");
        let text = "";
        let expected = "";
        const values: number[] = [];
        for (let part = 0; part < 12; part++) {
          switch (random(3)) {
            case 0: {
              const name = `v${random(4)}`;
              text += ` :${name} `;
              const value = Number(name.slice(1));
              const repeats = target === postgres || target === mssql;
              const known = repeats ? values.indexOf(value) : -1;
              const position = known >= 0 ? known + 1 : values.push(value);
              const written = {
                dollar: `$${position}`,
                question: "?",
                "at-name": `@p${position}`,
                "colon-number": `:${position}`,
              };
              expected += ` ${written[target.dialect.placeholder]} `;
              break;
            }
            case 1: {
              const piece = ` ${kinds[random(kinds.length)]?.(body())} `;
              text += piece;
              expected += piece;
              break;
            }
            default: {
              const piece = code[random(code.length)];
              text += piece;
              expected += piece;
            }
          }
        }
        const parameters = Object.fromEntries(values.map((value) => [`v${value}`, value]));
        expect(compile(text, parameters, target), `seed ${seed}`).toEqual({ text: expected, values });
      }
    });
  }
});
