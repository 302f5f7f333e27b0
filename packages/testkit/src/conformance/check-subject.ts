import { errorKinds } from "@nsj/mdb-core";
import type { Area } from "./area.ts";

const known = {
  subject:
    "driver options types sql admin canRestart network url secret wrong tls traits driverVersion patienceMs timeoutMs",
  types:
    "integer bigint decimal float shortFloat boolean text fixedText foldedText longText bytes shortBytes date time timestamp timestamptz json uuid",
  sql: "series identityKey trigger version now openStatements hangUp sleep failMidway cast literal openTransaction endTransaction currentIsolation lockTimeout statementTimeout durability lockingQuery foreignBranch unpreparable failures session context procedure",
  session: "leftovers local harmless",
  leftover: "what leave query ask inTransaction",
  traits: "concurrentWrites waitsForLocks strictTypes timestampDigits instants",
};

/**
 * Finds what is wrong with a subject before a test is registered, so that a misspelt member is not a case that skips for ever.
 * @throws TypeError that lists all of it
 */
export function checkSubject(subject: unknown): void {
  const problems: string[] = [];
  const given = asRecord(subject);
  const part = (name: string, value: unknown, names: string) => {
    const words = names.split(" ");
    for (const key of Object.keys(asRecord(value))) {
      if (!words.includes(key)) problems.push(`${name}.${key} is not known; there are ${words.join(", ")}`);
    }
  };
  const needs = (path: string, value: unknown, kind: "function" | "string" | "object") => {
    if (typeof value !== kind || value === null) problems.push(`${path} has to be a ${kind}, not ${describe(value)}`);
  };
  part("subject", given, known.subject);
  needs("subject.driver", given["driver"], "object");
  needs("subject.options", given["options"], "function");
  part("subject.types", given["types"], known.types);
  needs("subject.types.integer", asRecord(given["types"])["integer"], "string");
  needs("subject.types.text", asRecord(given["types"])["text"], "string");
  const sql = asRecord(given["sql"]);
  part("subject.sql", sql, known.sql);
  needs("subject.sql.series", sql["series"], "function");
  part("subject.sql.failures", sql["failures"], errorKinds.join(" "));
  if (sql["session"] !== undefined) checkSession(asRecord(sql["session"]), part, needs);
  if (sql["context"] !== undefined) checkContext(asRecord(sql["context"]), part, needs);
  part("subject.traits", given["traits"], known.traits);
  const driver = asRecord(given["driver"]);
  if (driver["spi"] !== 1) problems.push(`subject.driver.spi has to be 1, not ${describe(driver["spi"])}`);
  needs("subject.driver.name", driver["name"], "string");
  for (const member of ["connector", "parseUrl", "classify"])
    needs(`subject.driver.${member}`, driver[member], "function");
  for (const member of ["capabilities", "dialect"]) needs(`subject.driver.${member}`, driver[member], "object");
  report("the subject", problems);
}

function checkSession(
  session: Readonly<Record<string, unknown>>,
  part: (name: string, value: unknown, names: string) => void,
  needs: (path: string, value: unknown, kind: "string" | "object") => void,
): void {
  part("subject.sql.session", session, known.session);
  const { leftovers } = session;
  needs("subject.sql.session.leftovers", leftovers, "object");
  for (const [index, leftover] of (Array.isArray(leftovers) ? leftovers : []).entries()) {
    const path = `subject.sql.session.leftovers[${index}]`;
    part(path, leftover, known.leftover);
    for (const member of ["what", "leave", "ask"]) needs(`${path}.${member}`, asRecord(leftover)[member], "string");
  }
}

function checkContext(
  context: Readonly<Record<string, unknown>>,
  part: (name: string, value: unknown, names: string) => void,
  needs: (path: string, value: unknown, kind: "string" | "object") => void,
): void {
  part("subject.sql.context", context, "samples refused");
  const { samples } = context;
  needs("subject.sql.context.samples", samples, "object");
  for (const [index, sample] of (Array.isArray(samples) ? samples : []).entries()) {
    const path = `subject.sql.context.samples[${index}]`;
    part(path, sample, "what prepare one other ask");
    for (const member of ["what", "ask"]) needs(`${path}.${member}`, asRecord(sample)[member], "string");
    for (const member of ["one", "other"]) needs(`${path}.${member}`, asRecord(sample)[member], "object");
  }
}

/** @throws TypeError for a choice that names no area and no case: nothing would run, and nothing would fail. */
export function checkChoice(only: readonly string[], areas: readonly Area[]): void {
  const there = new Set(areas.flatMap(({ name, cases }) => [name, ...cases.map((item) => `${name}: ${item.name}`)]));
  const unknown = only.filter((name) => !there.has(name));
  const names = areas.map(({ name }) => name).join(", ");
  report(
    "only",
    unknown.map((name) => `there is no area and no case ${JSON.stringify(name)}; the areas are ${names}`),
  );
}

function report(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new TypeError(`conformance: ${what} cannot be right:\n- ${problems.join("\n- ")}`);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function describe(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}
