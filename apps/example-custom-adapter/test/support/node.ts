import { DatabaseSync } from "node:sqlite";
import { afterAll, describe as anyDescribe, beforeAll, it } from "vitest";

const isNewEnough = "deserialize" in DatabaseSync.prototype;

/** `describe`, and on a Node.js whose `node:sqlite` is too old a skip that says so. */
export const describe = (name: string, body: () => void) =>
  isNewEnough
    ? anyDescribe(name, body)
    : anyDescribe.skip(`${name} (skipped: it needs the node:sqlite of Node.js 24.16)`, body);

/** Vitest for the suites. */
export const runner = { describe, it, before: beforeAll, after: afterAll };
