import { Inject, Injectable } from "@nestjs/common";
import type { DatabaseManager } from "@nsj/mdb-core";
import { type HealthReport, healthReport } from "@nsj/mdb-http";
import { databasesToken } from "./tokens.ts";

/** What Terminus takes from an indicator: the report under its key. */
export type MdbHealthIndicatorResult<Key extends string = string> = {
  readonly [Name in Key]: { readonly status: "up" | "down"; readonly databases: HealthReport["databases"] };
};

/** A health indicator for Terminus: `health.check([() => indicator.isHealthy("databases")])`. Terminus itself is not needed. */
export class MdbHealthIndicator {
  static {
    Injectable()(MdbHealthIndicator);
    Inject(databasesToken)(MdbHealthIndicator, undefined, 0);
  }
  readonly #databases: DatabaseManager;

  /** Made by Nest. */
  constructor(databases: DatabaseManager) {
    this.#databases = databases;
  }

  /** Asks every database at once; `up` unless one is down. Never rejects. `timeoutMs` is 800 by default. */
  async isHealthy<const Key extends string>(
    key: Key,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<MdbHealthIndicatorResult<Key>> {
    const { status, databases } = await healthReport(this.#databases, options.timeoutMs);
    return { [key]: { status, databases } } as MdbHealthIndicatorResult<Key>;
  }
}
