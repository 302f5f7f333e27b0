import { conformance } from "@nsj/mdb-testkit";
import { type RunningMysql, startMysql } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { MysqlOptions } from "../../src/index.ts";
import { serverUrl, withServer } from "./server.ts";
import { mysqlSubject } from "./subject.ts";

/** The conformance suite on a server of its own, because it is crashed on the way; unless the run is about a certain server. */
export function registerConformance(options: MysqlOptions): void {
  withServer(() => {
    const given = process.env["MDB_MYSQL_URL"];
    const isOwn = given === undefined || given === "";
    let own: RunningMysql | undefined;
    beforeAll(async () => {
      // Branches and decisions need what is durable.
      if (isOwn) own = await startMysql(["--innodb-flush-log-at-trx-commit=1"]);
    });
    afterAll(() => own?.stop());
    conformance(
      { describe, it, before: beforeAll, after: afterAll },
      mysqlSubject({ url: () => own?.url ?? serverUrl ?? "", ...(isOwn && { own: () => own }), options }),
    );
  });
}
