import type { Call, CallParameter, ParameterHint, ParameterValue, ResultSet } from "@nsj/mdb-core";
import { quoteIdentifier, quoteName } from "./dialect.ts";
import type { Routine, RoutineParameter, Routines } from "./routines.ts";
import type { Session } from "./session.ts";
import { emptyShape } from "./shapes.ts";
import { encodeStatement } from "./statement-text.ts";

export type { Routines };

/** Runs a procedure by CALL, or a function by SELECT. Parameters go by their names, so that their order does not matter. */
export async function callProcedure(session: Session, routines: Routines, call: Call): Promise<ResultSet> {
  const candidates = await routines.find(session, call.procedure);
  const routine = candidates.find((it) => takes(it, call.parameters)) ?? candidates[0] ?? unknownProcedure(call);
  const { text, values, hints } = statementFor(call, routine);
  let result: ResultSet;
  try {
    const statement = encodeStatement({ text, values, hints });
    result = await session.statement(statement);
  } catch (error) {
    routines.forget(call.procedure);
    throw error;
  }
  if (routine.gives === "rows") return result;
  const nothing = { columns: emptyShape.columns, rows: [], affected: null };
  if (routine.gives === "out") return { ...nothing, ...outputs(result, call.parameters) };
  if (routine.gives === "nothing") return { ...nothing, out: {}, returnValue: null };
  const { columns, rows } = result;
  return { ...nothing, out: {}, returnValue: rows[0]?.[0] ?? null, returnType: columns[0]?.type ?? "any" };
}

/** Where the catalogue has nothing, the server finds the words for it. */
function unknownProcedure({ parameters }: Call): Routine {
  return {
    isProcedure: true,
    parameters: parameters.map(({ name, direction }) => ({ name, mode: direction ?? "in" })),
    gives: "out",
  };
}

/** Whether the routine declares every parameter that is given, and only optional ones that are not. The server has the last word. */
function takes(routine: Routine, given: readonly CallParameter[]): boolean {
  if (isPositional(routine)) return inputsOf(routine).length === given.filter(isInput).length;
  return given.every(({ name }) => routine.parameters.some((parameter) => isCalled(parameter, name)));
}

function statementFor(
  call: Call,
  routine: Routine,
): { text: string; values: ParameterValue[]; hints: (ParameterHint | undefined)[] } {
  const values: ParameterValue[] = [];
  const hints: (ParameterHint | undefined)[] = [];
  const bind = ({ value, direction, type }: CallParameter): string => {
    if (direction === "out") return "NULL";
    values.push(value);
    hints.push(type === undefined ? undefined : { type });
    return `$${values.length}`;
  };
  const list: string[] = [];
  if (isPositional(routine)) {
    for (const parameter of call.parameters) {
      if (routine.isProcedure || isInput(parameter)) list.push(bind(parameter));
    }
  } else {
    for (const parameter of routine.parameters) {
      const given = call.parameters.find(({ name }) => isCalled(parameter, name));
      const isOut = parameter.mode === "out";
      // A procedure wants a place for each of its outputs, a function for none.
      if (isOut ? !routine.isProcedure : given === undefined) continue;
      const variadic = parameter.mode === "variadic" ? "VARIADIC " : "";
      const value = given === undefined || isOut ? "NULL" : bind(given);
      list.push(`${variadic}${quoteIdentifier(parameter.name)} => ${value}`);
    }
    // What the routine does not declare is the server's to refuse, by its name.
    for (const given of call.parameters) {
      if (routine.parameters.some((parameter) => isCalled(parameter, given.name))) continue;
      list.push(`${quoteIdentifier(given.name)} => ${bind(given)}`);
    }
  }
  const invocation = `${quoteName(call.procedure)}(${list.join(", ")})`;
  return { text: routine.isProcedure ? `CALL ${invocation}` : `SELECT * FROM ${invocation}`, values, hints };
}

/** A routine without names for its parameters takes them in order. */
function isPositional({ parameters }: Routine): boolean {
  return parameters.length > 0 && parameters.every(({ name }) => name === "");
}

function inputsOf({ parameters }: Routine): readonly RoutineParameter[] {
  return parameters.filter(({ mode }) => mode !== "out");
}

function isInput({ direction }: CallParameter): boolean {
  return direction !== "out";
}

/** Names that were declared without quotes are in lower case, whatever the caller writes. */
function isCalled(parameter: RoutineParameter, name: string): boolean {
  return parameter.name === name || parameter.name === name.toLowerCase();
}

function outputs(result: ResultSet, given: readonly CallParameter[]): Pick<ResultSet, "out" | "outTypes"> {
  const named = result.columns.map((column, index) => {
    const asked = given.find(({ name }) => isCalled({ name: column.name, mode: "out" }, name));
    return { name: asked?.name ?? column.name, type: column.type, value: result.rows[0]?.[index] ?? null };
  });
  // Not assignments: a parameter may be called "__proto__".
  return {
    out: Object.fromEntries(named.map(({ name, value }) => [name, value])),
    outTypes: Object.fromEntries(named.map(({ name, type }) => [name, type])),
  };
}
