import type { Call, CallParameter, LogicalType, ResultSet } from "@nsj/mdb-core";
import { quoteName, storedName } from "./dialect.ts";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import { executeOptions } from "./link.ts";
import { isLob, readLob } from "./lobs.ts";
import { type NativeBind, type NativeResultSet, type NativeTypeName, native, nativeType } from "./native.ts";
import { outputKind } from "./outputs.ts";
import { isResultSet, readAll } from "./results.ts";
import { bindTypeOf, boundValue } from "./values.ts";

/** The longest string of PL/SQL. */
const longestString = 32_767;

/** The parameter that stands for what a function returns. */
const resultName = "return";

/**
 * Runs a procedure, or with a parameter called `return` a function, in a block of PL/SQL. Parameters go by their names, so that their order does
 * not matter. Reads what its cursors give, and commits nothing.
 */
export async function callProcedure(link: Link, { procedure, parameters }: Call): Promise<ResultSet> {
  const result = parameters.find((parameter) => isResult(parameter));
  const named = parameters.filter((parameter) => parameter !== result);
  const ordered = result === undefined ? named : [result, ...named];
  const places = ordered.map((_, index) => `:${index + 1}`);
  const list = named.map(
    ({ name }, index) => `${quoteName([storedName(name)])} => ${places[index + (result === undefined ? 0 : 1)]}`,
  );
  const assignment = result === undefined ? "" : `${places[0]} := `;
  const text = `BEGIN ${assignment}${quoteName(procedure)}${list.length === 0 ? "" : `(${list.join(", ")})`}; END;`;
  const binds = ordered.map(bindOf);
  const answer = await link.run(text, () =>
    link.connection.execute(link.context.sent(text), binds, executeOptions(false, { prefetch: 100, fetch: 100 })),
  );
  return link.call(text, () => outcome(ordered, answer.outBinds ?? [], answer.implicitResults ?? []));
}

function isResult({ name, direction }: CallParameter): boolean {
  return name.toLowerCase() === resultName && direction === "out";
}

/** How a parameter is bound: what comes back needs a type, which follows from the value only where there is one. */
function bindOf(parameter: CallParameter): unknown {
  const { value, direction, type } = parameter;
  if (direction === undefined || direction === "in") {
    const bound = boundValue(value, type);
    return bound.value === null && type === undefined ? null : { type: nativeType(bound.type), val: bound.value };
  }
  const wanted = type === undefined ? undefined : outputTypeOf(type);
  if (direction === "out")
    return sized({ dir: native.BIND_OUT, type: nativeType(wanted ?? "VARCHAR") }, wanted ?? "VARCHAR");
  const bound = boundValue(value, type);
  const both = wanted ?? (bound.type === "NUMBER" ? "VARCHAR" : bound.type);
  // A number travels as text both ways: the driver makes a double of one that comes back.
  const text =
    both === "VARCHAR" && (typeof bound.value === "number" || typeof bound.value === "bigint")
      ? String(bound.value)
      : bound.value;
  return sized({ dir: native.BIND_INOUT, type: nativeType(both), val: text }, both);
}

function outputTypeOf(name: string): NativeTypeName {
  const type = bindTypeOf(name);
  // A number as text: the driver makes a double of one that comes back. A CHAR would come back padded to the size of its place.
  if (type === "NUMBER" || type === "CHAR") return "VARCHAR";
  return type === "NCHAR" ? "NVARCHAR" : type;
}

function sized(bind: NativeBind, type: NativeTypeName): NativeBind {
  return ["VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "RAW"].includes(type) ? { ...bind, maxSize: longestString } : bind;
}

async function outcome(
  parameters: readonly CallParameter[],
  outputs: readonly unknown[],
  implicit: readonly NativeResultSet[],
): Promise<ResultSet> {
  const out: Record<string, unknown> = {};
  const outTypes: Record<string, LogicalType> = {};
  const sets: ResultSet[] = [];
  let returned: Pick<ResultSet, "returnValue" | "returnType"> = {};
  const returning = parameters.filter(({ direction }) => direction === "out" || direction === "inout");
  for (const [index, parameter] of returning.entries()) {
    const value = outputs[index] ?? null;
    if (isResultSet(value)) {
      sets.push(await readAll(value, 100));
      continue;
    }
    const { type, convert } = outputKind(parameter);
    const canonical = value === null ? null : convert(isLob(value) ? await readLob(value) : value);
    if (isResult(parameter)) {
      returned = { returnValue: canonical, returnType: type };
    } else {
      define(out, parameter.name, canonical);
      define(outTypes, parameter.name, type);
    }
  }
  for (const rows of implicit) sets.push(await readAll(rows, 100));
  return chain(sets, { out, outTypes, ...returned });
}

/** Also for a name such as `__proto__`. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function chain(sets: readonly ResultSet[], facts: Partial<ResultSet>): ResultSet {
  let next: ResultSet | undefined;
  for (const set of sets.slice(1).reverse()) next = next === undefined ? set : { ...set, next };
  const [first] = sets;
  const whole = first ?? { columns: [], rows: [], affected: null };
  return next === undefined ? { ...whole, ...facts } : { ...whole, ...facts, next };
}

/** A name that Oracle can have no procedure of. @throws DriverFault */
export function checkProcedureName(procedure: readonly string[]): void {
  if (procedure.length === 0 || procedure.length > 3)
    throw refusal("parameter", "a procedure has a name of one to three parts");
}
