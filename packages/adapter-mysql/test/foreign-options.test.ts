import { DatabaseManager } from "@nsj/mdb-core";
import { expect, it } from "vitest";
import { mysql } from "../src/index.ts";

function complaint(options: object): string {
  try {
    new DatabaseManager({ shop: mysql(options) });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("no complaint");
}

it.each([
  ["connectionLimit", 'did you mean "pool.max"?'],
  ["queueLimit", 'did you mean "pool.maxQueue"?'],
  ["waitForConnections", 'callers wait for "pool.acquireTimeoutMs"'],
  ["maxIdle", "there is no such option here"],
  ["connectTimeout", 'did you mean "pool.connectTimeoutMs"?'],
  ["enableKeepAlive", 'did you mean "keepAlive"?'],
  ["dateStrings", 'did you mean "types.timestamp"?'],
  ["bigNumberStrings", 'did you mean "types.bigint"?'],
  ["decimalNumbers", 'did you mean "types.decimal"?'],
  ["multipleStatements", "one call sends one statement"],
  ["namedPlaceholders", '":name" always works'],
  ["rowsAsArray", 'rowMode: "array"'],
  ["timezone", "sessions are in UTC"],
  ["charset", "utf8mb4"],
  ["ssl_mode", 'did you mean "sslMode"?'],
  ["uri", 'did you mean "connectionString"?'],
])("an option of mysql2 is refused with what to write here: %s", (theirs, ours) => {
  expect(complaint({ [theirs]: 1 })).toContain(`unknown option "${theirs}"; `);
  expect(complaint({ [theirs]: 1 })).toContain(ours);
});
