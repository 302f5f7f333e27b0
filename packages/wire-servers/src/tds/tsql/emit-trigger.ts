import { NotUnderstoodError } from "../engine/sql-server-error.ts";
import type { Statement } from "./ast.ts";
import { Emission, type EmissionContext, emitName, quote } from "./emission.ts";
import { emitDelete, emitInsert, emitUpdate } from "./emit-change.ts";

/** The condition by which a trigger tells how many rows a statement of its has changed. */
export const triggerCount = "MSCNT";

type CreateTrigger = Extract<Statement, { kind: "create-trigger" }>;

/** The names under which PostgreSQL knows a trigger: it wants one for each event. */
export function triggerNames(name: string): readonly string[] {
  return ["insert", "update", "delete"].map((event) => triggerName(name, event));
}

function triggerName(name: string, event: string): string {
  return `${name}~${event.toLowerCase()}`;
}

/** Writes CREATE TRIGGER: for each event a function with the body, which sees the changed rows as `inserted` and `deleted`. */
export function emitCreateTrigger(statement: CreateTrigger, context: EmissionContext): readonly string[] {
  const body = emitBody(statement.body, context);
  const table = emitName(statement.table, context);
  return statement.events.flatMap((event) => {
    const name = triggerName(statement.name.at(-1) ?? "", event);
    const rows = [
      event === "DELETE" ? "" : "NEW TABLE AS inserted",
      event === "INSERT" ? "" : "OLD TABLE AS deleted",
    ].filter((it) => it !== "");
    const called = `mssql.${quote(name)}()`;
    return [
      `CREATE FUNCTION ${called} RETURNS trigger LANGUAGE plpgsql AS $trigger$ DECLARE counted int8; BEGIN ${body} RETURN NULL; END $trigger$`,
      `CREATE TRIGGER ${quote(name)} AFTER ${event} ON ${table} REFERENCING ${rows.join(" ")} FOR EACH STATEMENT EXECUTE FUNCTION ${called}`,
    ];
  });
}

function emitBody(statements: readonly Statement[], context: EmissionContext): string {
  const flat = statements.flatMap((it) => (it.kind === "block" ? it.body : [it]));
  // Without it every statement of the body reports its count to the client:
  // https://learn.microsoft.com/sql/t-sql/statements/set-nocount-transact-sql
  const quiet = flat.some((it) => it.kind === "set-option" && it.options.includes("nocount") && it.value === "on");
  const told = quiet
    ? ""
    : ` GET DIAGNOSTICS counted = ROW_COUNT; RAISE NOTICE USING ERRCODE = '${triggerCount}', MESSAGE = counted::text;`;
  const inside: EmissionContext = {
    variable: () => undefined,
    database: context.database,
    inTrigger: true,
  };
  const emission = new Emission(inside);
  const texts = flat.filter((it) => it.kind !== "set-option").map((it) => emitStatement(it, emission));
  return texts.map((it) => `${it};${told}`).join(" ");
}

function emitStatement(statement: Statement, emission: Emission): string {
  if (statement.kind === "insert") return emitInsert(statement, emission, false).text;
  if (statement.kind === "update") return emitUpdate(statement, emission).text;
  if (statement.kind === "delete") return emitDelete(statement, emission).text;
  throw new NotUnderstoodError(`${statement.kind} in a trigger`);
}
