import assert from "node:assert/strict";
import type { TypeName, TypeNames } from "../conformance/type-names.ts";
import type { DaoCase } from "./dao-case.ts";

/** Per type: a key as it is stored, and others that may be the same one to the server. */
const forms: Readonly<Partial<Record<TypeName, readonly [stored: unknown, ...others: unknown[]]>>> = {
  uuid: ["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
  decimal: ["1.5", "1.50", "1.5000000000"],
  fixedText: ["ab", "ab      "],
  foldedText: ["Ab", "ab", "AB"],
};

/** `findByIds` finds what `findById` finds, whatever the key looks like. */
export const sameTextCases: readonly DaoCase[] = Object.entries(forms).map(([type, [stored, ...others]]) => {
  const nameOf = (types: TypeNames) => types[type as TypeName];
  return {
    name: `finds a ${type} by each of its forms alike, by one key or by several`,
    skip: ({ types }) => (nameOf(types) === undefined ? `subject.types.${type} is missing` : undefined),
    run: (bench) =>
      bench.withValues(nameOf(bench.types) ?? "", async (dao) => {
        const { id } = await dao.insert({ id: stored, n: 1 });
        assert.equal((await dao.findById(id))?.n, 1);
        assert.equal((await dao.findById(stored))?.n, 1);
        for (const key of [stored, ...others]) {
          const one = await dao.findById(key);
          const expected = one === undefined ? [] : [one];
          assert.deepEqual(await dao.findByIds([key]), expected);
          assert.deepEqual(await dao.findByIds([key, id]), [await dao.findById(id)]);
          if (type === "uuid" || type === "foldedText") assert.deepEqual(expected, [await dao.findById(id)]);
        }
        assert.equal(await dao.delete(id), true);
      }),
  } satisfies DaoCase;
});
