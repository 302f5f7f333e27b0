import { type ConformanceOptions, conformance, daoSuite, fakeDriver, fakeSubject, miniRunner } from "@nsj/mdb-testkit";
import { afterAll, describe, expect, it } from "vitest";

const fake = fakeDriver();
const good = fakeSubject(fake);
afterAll(() => fake.close());

const register = (subject: object, options?: ConformanceOptions) => () =>
  conformance(miniRunner(), subject as typeof good, options);

describe("a subject", () => {
  it("that lacks what is required is refused at registration, with all that is missing", () => {
    expect(register({ ...good, options: undefined, types: { integer: "integer" }, sql: {} })).toThrow(
      [
        "conformance: the subject cannot be right:",
        "- subject.options has to be a function, not undefined",
        "- subject.types.text has to be a string, not undefined",
        "- subject.sql.series has to be a function, not undefined",
      ].join("\n"),
    );
    expect(register({ ...good, driver: {} })).toThrow("subject.driver.spi has to be 1, not undefined");
  });

  it("with a misspelt member is refused, because its cases would be skipped for ever", () => {
    expect(register({ ...good, trait: {} })).toThrow("subject.trait is not known; there are driver, options,");
    expect(register({ ...good, sql: { ...good.sql, failures: { "lock-timout": [] } } })).toThrow(
      "subject.sql.failures.lock-timout is not known; there are refused,",
    );
  });

  it("without a key that the database fills is refused by the DAO suite", () => {
    const { identityKey: _, ...sql } = good.sql;
    expect(() => daoSuite(miniRunner(), { ...good, sql })).toThrow("subject.sql.identityKey is missing");
  });

  it("is not asked about an area that does not exist", () => {
    expect(register(good, { only: ["streams"] })).toThrow(
      'there is no area and no case "streams"; the areas are meta,',
    );
  });
});

describe("a failing case", () => {
  it("says what was expected, what came, and where the interface asks for it", async () => {
    fake.script({ on: "query", times: 1, action: { answer: { columns: [], rows: [], affected: 0 } } });
    const runner = miniRunner();
    const report = conformance(runner, good, { only: ["query: gives rows as arrays in the order of the columns"] });
    const [result] = await runner.run();
    expect(report.results[0]?.reason).toBe("expected 3, got 0");
    expect(result?.error).toMatchObject({
      message: expect.stringContaining(
        'Asked was "query: gives rows as arrays in the order of the columns"; the interface says it at DriverConnection.query',
      ),
    });
  });
});
