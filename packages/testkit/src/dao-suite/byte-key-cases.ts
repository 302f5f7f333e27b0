import assert from "node:assert/strict";
import type { DaoCase } from "./dao-case.ts";

/** Bytes that are no text: read as one, the first three would be the same, and so would the next two. */
const keys = [[0x80], [0x81], [0xff], [0x41, 0xfe], [0x41, 0xff], [0x41], []].map((bytes) => Buffer.from(bytes));

/** Keys that are bytes: digests, UUIDs in 16 bytes. */
export const byteKeyCases: readonly DaoCase[] = [
  {
    name: "tells keys apart that are bytes and no text",
    skip: ({ types }) => (types.shortBytes === undefined ? "subject.types.shortBytes is missing" : undefined),
    run: (bench) =>
      bench.withValues<Uint8Array>(bench.types.shortBytes ?? "", async (dao) => {
        const rows = keys.map((id, n) => ({ id, n }));
        assert.deepEqual(await dao.insertMany(rows), rows);
        for (const row of rows) assert.deepEqual(await dao.findById(row.id), row);
        assert.deepEqual(await dao.findByIds(keys), rows);
        // In another order, one of them twice, and as what is no Buffer.
        const others = [...keys, keys[0] as Buffer].toReversed().map((it) => new Uint8Array(it));
        const [first, ...rest] = rows;
        assert.deepEqual(await dao.findByIds(others), [first, ...rest.toReversed()]);
      }),
  },
];
