import type { ForeignOptions } from "@nsj/mdb-core";

const asText = "values are those of the type contract";

/** Options of `mysql2` and `mariadb` that are not options here, with what is written in their place. */
export const foreignOptions: ForeignOptions = {
  enablekeepalive: { name: "keepAlive" },
  keepaliveinitialdelay: { note: 'there is no such option here: see "keepAlive"' },
  maxpreparedstatements: { name: "preparedStatements" },
  preparedstatementcachesize: { name: "preparedStatements" },
  rowsasarray: { note: 'there is no such option here: give a statement { rowMode: "array" }' },
  namedplaceholders: { note: 'there is no such option here: ":name" always works' },
  multiplestatements: {
    note: "there is no such option here: one call sends one statement, so that nobody can add a second one",
  },
  datestrings: { name: "types.timestamp", note: '"string"; dates are text already' },
  bigint: { name: "types.bigint" },
  supportbignumbers: { note: 'there is no such option here: integers keep every digit; see "types.bigint"' },
  bignumberstrings: { name: "types.bigint", note: '"string"' },
  bigintasnumber: { name: "types.bigint", note: '"number"' },
  insertidasnumber: { name: "types.bigint" },
  decimalnumbers: { name: "types.decimal", note: '"number"; by default every digit is kept, as text' },
  decimalasnumber: { name: "types.decimal", note: '"number"; by default every digit is kept, as text' },
  typecast: { note: `there is no such option here: ${asText}; see "types"` },
  jsonstrings: { name: "types.json", note: '"string"' },
  timezone: { note: "there is no such option here: sessions are in UTC" },
  charset: { note: "there is no such option here: the connection speaks utf8mb4" },
  collation: { note: "there is no such option here: the connection speaks utf8mb4" },
  infilestreamfactory: { note: "there is no such option here: LOAD DATA LOCAL is for bulkInsert() alone" },
  sslmode: { name: "sslMode" },
};
