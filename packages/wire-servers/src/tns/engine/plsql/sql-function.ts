import { literal, quoted, quotedPath } from "../sql/names.ts";
import { expressionsOf } from "../sql/query.ts";
import type { Span, Step } from "./ast.ts";
import type { ParsedSubprogram } from "./parse-subprogram.ts";

/**
 * The statements that make a function known to SQL too, where its body is as simple as sleeping and returning an expression. Others can be called
 * from PL/SQL only; in SQL they do not exist.
 */
export function callableFunction(path: readonly string[], subprogram: ParsedSubprogram): string[] {
  const { returns, parameters, block, source } = subprogram;
  const isSimple = returns !== undefined && block.declarations.length === 0;
  if (
    !isSimple ||
    returns.postgres === "" ||
    parameters.some(({ mode, type }) => mode !== "in" || type.postgres === "")
  )
    return [];
  const names = new Set(parameters.map(({ name }) => name));
  const expression = (span: Span): string | undefined => {
    const stream = source.fork(span.from, names);
    const text = expressionsOf(stream).expression();
    if (stream.at !== span.to) return undefined;
    return text.replace(/\ue000(\d+)\ue000/g, (_, index: string) =>
      quoted(stream.placeholders[Number(index)]?.name ?? ""),
    );
  };
  const lines: string[] = [];
  for (const step of block.body) {
    const line = lineOf(step, expression);
    if (line === undefined) return [];
    lines.push(line);
  }
  const list = parameters.map(({ name, type }) => `${quoted(name)} ${base(type.postgres)}`).join(", ");
  const name = quotedPath(path);
  return [
    `DROP FUNCTION IF EXISTS ${name}`,
    `CREATE FUNCTION ${name}(${list}) RETURNS ${base(returns.postgres)} LANGUAGE plpgsql AS ${literal(`BEGIN ${lines.join(" ")} END`)}`,
  ];
}

function lineOf(step: Step, expression: (span: Span) => string | undefined): string | undefined {
  if (step.kind === "return" && step.value !== undefined) {
    const value = expression(step.value);
    return value === undefined ? undefined : `RETURN ${value};`;
  }
  if (step.kind === "call" && ["DBMS_SESSION.SLEEP", "DBMS_LOCK.SLEEP"].includes(step.name.join("."))) {
    const [argument] = step.args;
    const seconds = argument === undefined ? undefined : expression(argument.value);
    return seconds === undefined ? undefined : `PERFORM pg_sleep((${seconds})::float8);`;
  }
  return undefined;
}

function base(type: string): string {
  return type.replace(/\(.*\)/, "");
}
