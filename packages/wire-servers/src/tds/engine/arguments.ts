import type { ProcedureParameter } from "../tsql/ast.ts";
import type { TypedValue } from "../tsql/emission.ts";
import { type SqlType, typeText } from "../types/sql-type.ts";
import type { StatementRunner } from "./runner.ts";
import { SqlServerError } from "./sql-server-error.ts";

/** An argument of a call, from the wire or from EXEC. */
export interface Argument {
  readonly name: string;
  readonly value: TypedValue | "default";
  readonly output: boolean;
}

/** What a call gives back. */
export interface Outcome {
  readonly status: number;
  readonly output: readonly { readonly name: string; readonly value: TypedValue }[];
}

/** Gives the parameters their values. @throws SqlServerError 201, 8144, 8145, 8146, 8178. */
export async function bind(
  runner: StatementRunner,
  parameters: readonly ProcedureParameter[],
  given: readonly Argument[],
  procedure: string,
): Promise<void> {
  if (given.length > parameters.length) {
    const text =
      parameters.length === 0
        ? `Procedure ${procedure} has no parameters and arguments were supplied.`
        : `Procedure or function ${procedure} has too many arguments specified.`;
    throw new SqlServerError(parameters.length === 0 ? 8146 : 8144, text, { state: 2, reach: "batch" });
  }
  for (const argument of given) {
    const known =
      argument.name === "" || parameters.some((it) => it.name.toLowerCase() === argument.name.toLowerCase());
    if (known) continue;
    throw new SqlServerError(8145, `${argument.name} is not a parameter for procedure ${procedure}.`, {
      reach: "batch",
    });
  }
  for (const [index, parameter] of parameters.entries()) {
    const argument = argumentFor(parameter, index, given);
    if (argument !== undefined && argument.value !== "default") {
      runner.frame.declare(parameter.name, await converted(runner, argument.value, parameter.type));
    } else if (parameter.fallback !== undefined) {
      runner.frame.declare(parameter.name, await runner.evaluator.valueAs(parameter.fallback, parameter.type));
    } else {
      const text =
        procedure === ""
          ? `The parameterized query expects the parameter '${parameter.name}', which was not supplied.`
          : `Procedure or function '${procedure}' expects parameter '${parameter.name}', which was not supplied.`;
      throw new SqlServerError(procedure === "" ? 8178 : 201, text, { state: 4, reach: "batch" });
    }
  }
}

function argumentFor(parameter: ProcedureParameter, index: number, given: readonly Argument[]): Argument | undefined {
  const named = given.find((it) => it.name.toLowerCase() === parameter.name.toLowerCase());
  const positional = given[index];
  return named ?? (positional?.name === "" ? positional : undefined);
}

/** The value as the type that the parameter is declared with, converted where the client has sent another one. */
async function converted(runner: StatementRunner, value: TypedValue, type: SqlType): Promise<TypedValue> {
  if (value.value === null || typeText(value.type) === typeText(type)) return { type, value: value.value };
  const scratch = "@mssql conversion";
  runner.frame.declare(scratch, value);
  return runner.evaluator.valueAs({ kind: "variable", name: scratch }, type);
}

/**
 * The return code and the output parameters that the caller asks for: as the type that the caller has declared, which cuts texts and rounds numbers.
 * [MS-TDS] 2.2.7.19, RETURNVALUE, whose TYPE_INFO is the caller's.
 */
export async function outcomeOf(
  runner: StatementRunner,
  parameters: readonly ProcedureParameter[],
  given: readonly Argument[],
): Promise<Outcome> {
  const output: { readonly name: string; readonly value: TypedValue }[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const argument = argumentFor(parameter, index, given);
    const value = runner.frame.variable(parameter.name);
    if (!parameter.output || argument?.output !== true || argument.value === "default" || value === undefined) continue;
    output.push({ name: parameter.name, value: await converted(runner, value, argument.value.type) });
  }
  return { status: runner.returnValue, output };
}

/** The value as text; none is empty. */
export function textOf(argument: Argument | undefined): string {
  const value = argument?.value === "default" ? null : (argument?.value.value ?? null);
  return value === null ? "" : String(value);
}

/** The value as a number; none is 0. */
export function numberOf(argument: Argument | undefined): number {
  return Number(textOf(argument));
}
