import type { Call, CallParameter, LogicalType, ParameterHint, ParameterValue, ResultSet } from "@nsj/mdb-core";
import { quoteName } from "./dialect.ts";
import { refusal } from "./faults.ts";
import { outputText } from "./output-texts.ts";
import { type Answer, resultOf } from "./result-flight.ts";
import type { Session } from "./session.ts";

/** One parameter, as the catalogue has it. */
interface Place {
  readonly name: string;
  readonly mode: "IN" | "OUT" | "INOUT";
  /** Of a text. */
  readonly characterSet: string | null;
}

interface Routine {
  readonly isFunction: boolean;
  readonly places: readonly Place[];
}

const catalogue =
  "select parameter_name, parameter_mode, routine_type, ordinal_position, character_set_name from information_schema.parameters where specific_schema = coalesce(?, database()) and specific_name = ? order by ordinal_position";

/**
 * Runs a procedure by CALL, or a function by SELECT. On the wire parameters have places and no names; the catalogue tells which has which. It is asked each time: a
 * procedure that was made anew with its parameters in another order would silently take one for the other.
 */
export async function callProcedure(session: Session, call: Call): Promise<ResultSet> {
  const { isFunction, places } = await routineOf(session, call.procedure);
  const values: ParameterValue[] = [];
  const hints: (ParameterHint | undefined)[] = [];
  const given = matched(call.parameters, places);
  for (const [index, { mode }] of places.entries()) {
    const parameter = given[index];
    values.push(mode === "OUT" || parameter === undefined ? null : parameter.value);
    hints.push(parameter?.type === undefined ? undefined : { type: parameter.type });
  }
  const list = places.map(() => "?").join(", ");
  const invocation = `${quoteName(call.procedure)}(${list})`;
  const text = isFunction ? `select ${invocation}` : `call ${invocation}`;
  const answers = await session.ofCaller("call", () => session.execute({ text, values, hints }));
  if (!isFunction) return ofProcedure(answers, places, given);
  const [answer] = answers;
  const returnType = answer?.shape.infos[0]?.type;
  return {
    columns: [],
    rows: [],
    affected: null,
    out: {},
    returnValue: answer?.rows[0]?.[0] ?? null,
    ...(returnType !== undefined && { returnType }),
  };
}

async function routineOf(session: Session, procedure: readonly string[]): Promise<Routine> {
  const name = procedure.at(-1) ?? "";
  const schema = procedure.length > 1 ? (procedure.at(-2) ?? null) : null;
  const [answer] = await session.execute({ text: catalogue, values: [schema, name] });
  const rows = (answer?.rows ?? []) as [
    name: string | null,
    mode: Place["mode"] | null,
    routine: string,
    position: number | bigint,
    characterSet: string | null,
  ][];
  const isProcedure = rows.some(([, , type]) => type === "PROCEDURE");
  const isFunction = rows.length > 0 && !isProcedure;
  const own = rows.filter(([, , type, position]) => (type === "PROCEDURE") === !isFunction && Number(position) > 0);
  const places = own.map(([called, mode, , , characterSet]) => ({
    name: called ?? "",
    mode: mode ?? "IN",
    characterSet,
  }));
  return { isFunction, places };
}

/** The given parameter of each place. @throws DriverFault for one that is missing, unknown, or goes the other way */
function matched(given: readonly CallParameter[], places: readonly Place[]): readonly (CallParameter | undefined)[] {
  const isCalled = (place: Place, name: string): boolean => place.name.toLowerCase() === name.toLowerCase();
  // Where the catalogue shows nothing, the server finds the words for it.
  const unknown = places.length === 0 ? undefined : given.find(({ name }) => !places.some((it) => isCalled(it, name)));
  if (unknown !== undefined) throw refusal("parameter", `the procedure has no parameter "${unknown.name}"`);
  return places.map((place) => {
    const parameter = given.find(({ name }) => isCalled(place, name));
    if (parameter === undefined && place.mode !== "OUT") {
      throw refusal("parameter", `the procedure's parameter "${place.name}" is missing`);
    }
    const direction = parameter?.direction ?? "in";
    if (parameter !== undefined && place.mode === "IN" && direction !== "in") {
      throw refusal("parameter", `the procedure's parameter "${place.name}" gives nothing back`);
    }
    if (place.mode === "OUT" && parameter !== undefined && direction === "in") {
      throw refusal("parameter", `the procedure's parameter "${place.name}" is for output; say sql.out()`);
    }
    return parameter;
  });
}

function ofProcedure(
  answers: readonly Answer[],
  places: readonly Place[],
  given: readonly (CallParameter | undefined)[],
): ResultSet {
  const output = answers.find(({ isOutput }) => isOutput);
  const result = resultOf(answers.filter(({ isOutput }) => !isOutput));
  const outputs = places.flatMap((place, index) =>
    place.mode === "IN" ? [] : [{ name: given[index]?.name ?? place.name, characterSet: place.characterSet }],
  );
  const read = outputs.map(({ characterSet }, index): { readonly value: unknown; readonly type: LogicalType } => {
    const value = output?.rows[0]?.[index] ?? null;
    const type = output?.shape.infos[index]?.type ?? "any";
    if (type !== "bytes" || characterSet === null) return { value, type };
    if (value === null) return { value, type: "string" };
    const text = outputText(value as Uint8Array, characterSet);
    return text === undefined ? { value, type } : { value: text, type: "string" };
  });
  // Not assignments: a parameter may be called "__proto__".
  return {
    ...result,
    out: Object.fromEntries(outputs.map(({ name }, index) => [name, read[index]?.value])),
    outTypes: Object.fromEntries(outputs.map(({ name }, index) => [name, read[index]?.type ?? "any"])),
  };
}
