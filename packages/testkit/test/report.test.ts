import { type ConformanceReport, conformance, miniRunner, referenceServer, referenceSubject } from "@nsj/mdb-testkit";
import { expect, it } from "vitest";

it("the report of the suite is given also when the server is gone by the end of it", async () => {
  const server = await referenceServer();
  const { sql, ...subject } = referenceSubject(() => server);
  const reports: ConformanceReport[] = [];
  const runner = miniRunner();
  conformance(
    runner,
    { ...subject, sql: { ...sql, version: "select version_of_a_server_that_is_gone()" } },
    { only: ["parameters: gives each placeholder its own value, in order"], onReport: (it) => reports.push(it) },
  );
  await runner.run();
  await server.close();
  expect(reports).toHaveLength(1);
  expect(reports[0]).toMatchObject({ passed: 1, failed: 0 });
});
