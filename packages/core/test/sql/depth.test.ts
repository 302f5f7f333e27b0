import { ParameterError, type Sql, sql } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { constantOf } from "../../src/sql/constant-fragment.ts";
import { compile } from "../../src/sql/index.ts";
import { postgres as target } from "./dialects.ts";

/** A fragment inside of a fragment, so often. */
const kinds: readonly (readonly [kind: string, around: (inner: Sql) => Sql])[] = [
  ["templates", (inner) => sql`select ${1} where (${inner})`],
  ["conditions", (inner) => sql.and([inner, sql`a = ${1}`])],
  ["joined parts", (inner) => sql.join([inner, sql`b`], sql`, `)],
];

function nested(times: number, around: (inner: Sql) => Sql): Sql {
  let fragment: Sql = sql`true`;
  for (let depth = 1; depth < times; depth++) fragment = around(fragment);
  return fragment;
}

describe("fragments inside of fragments", () => {
  it.each(kinds)("%s 5 000 deep are refused with a clear error, each time", (_, around) => {
    const deep = nested(5_000, around);
    for (let time = 0; time < 2; time++) {
      const write = () => compile(sql`select ${deep}`, undefined, target);
      expect(write).toThrow(ParameterError);
      expect(write).toThrow(/more than 500 deep.*sql\.join/);
    }
    expect(constantOf(deep)).toBeUndefined();
  });

  it.each(kinds)("%s 400 deep are written, each time", (_, around) => {
    const first = compile(nested(400, around), undefined, target);
    expect(compile(nested(400, around), undefined, target)).toEqual(first);
  });

  it("that say nothing are looked through once, however deep", () => {
    expect(constantOf(nested(60, (inner) => sql`${sql.join([inner], sql`, `)}`))).toBeUndefined();
    let blank: Sql = sql.empty;
    for (let depth = 0; depth < 60; depth++) blank = sql` ${blank} `;
    expect(constantOf(blank)).toBe(true);
  });
});
