import { OracleError } from "../oracle-error.ts";
import type { OracleSession } from "../oracle-session.ts";
import { literal } from "../sql/names.ts";
import type { TokenStream } from "../sql/token-stream.ts";
import type { Argument, Parameter, Step } from "./ast.ts";
import type { BlockRunner } from "./block-runner.ts";
import { type Environment, type Held, readTarget, Scope } from "./environment.ts";
import { CompilationError } from "./exceptions.ts";
import { type ParsedSubprogram, parseSubprogram } from "./parse-subprogram.ts";
import { plain, Return } from "./return.ts";

type Call = Extract<Step, { kind: "call" }>;

/** What a call of one of Oracle's own packages gets. */
interface BuiltInCall {
  readonly interpreter: BlockRunner;
  readonly args: readonly Held[];
}

/** Oracle's own procedures that this server has. */
const builtIn: Readonly<Record<string, (call: BuiltInCall) => Promise<void>>> = {
  RAISE_APPLICATION_ERROR: async ({ args }) => {
    const number = -Number(plain(args[0] ?? nothing));
    if (number < 20_000 || number > 20_999)
      throw new OracleError(21000, `error number argument to raise_application_error of ${number} is out of range`);
    throw new OracleError(number, String(plain(args[1] ?? nothing)));
  },
  "DBMS_OUTPUT.PUT_LINE": async () => undefined,
  "DBMS_SESSION.SLEEP": sleep,
  "DBMS_LOCK.SLEEP": sleep,
  "DBMS_APPLICATION_INFO.SET_MODULE": (call) => remember(call, "module", "action"),
  "DBMS_APPLICATION_INFO.SET_CLIENT_INFO": (call) => remember(call, "client_info"),
  "DBMS_SESSION.SET_IDENTIFIER": identify,
  "DBMS_SESSION.CLEAR_IDENTIFIER": identify,
  // There are no packages with variables here.
  "DBMS_SESSION.MODIFY_PACKAGE_STATE": async () => undefined,
  "DBMS_SESSION.RESET_PACKAGE": async () => undefined,
  "DBMS_SQL.RETURN_RESULT": async ({ interpreter, args }) => {
    const [cursor] = args;
    if (cursor === undefined || !("rows" in cursor) || cursor.rows === null)
      throw new OracleError(1001, "invalid cursor");
    interpreter.results.push(cursor.rows);
  },
};

const nothing: Held = { type: "VARCHAR2", value: null };

async function sleep({ interpreter, args }: BuiltInCall): Promise<void> {
  const { work } = interpreter.session;
  const seconds = String(plain(args[0] ?? nothing));
  await work.change(interpreter.session.about("", ""), async () => {
    await work.run({ text: "SELECT pg_sleep($1::float8)", values: [seconds] });
    return { result: undefined, changed: false };
  });
}

function identify({ interpreter, args }: BuiltInCall): Promise<void> {
  return interpreter.session.setClientIdentifier(String(plain(args[0] ?? nothing) ?? ""));
}

/** Keeps what SYS_CONTEXT tells of the application. */
async function remember({ interpreter, args }: BuiltInCall, ...names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    const value = literal(String(plain(args[index] ?? nothing) ?? ""));
    await interpreter.session.work.configure(`SELECT set_config('wire.${name}', ${value}, false)`);
  }
}

/** The procedures and functions that a block can call. */
export class Subprograms {
  readonly #session: OracleSession;
  readonly #parsed = new Map<string, ParsedSubprogram | undefined>();

  constructor(session: OracleSession) {
    this.#session = session;
  }

  /** Makes sure that what a block calls is there, before anything of it runs. @throws OracleError ORA-06550 with PLS-00201 */
  async check(steps: readonly Step[], source: TokenStream): Promise<void> {
    for (const step of steps) {
      if (
        step.kind === "call" &&
        !Object.hasOwn(builtIn, step.name.join(".")) &&
        (await this.#find(step.name)) === undefined
      ) {
        throw undeclared(step, source);
      }
      if (step.kind === "block") await this.check(step.block.body, source);
    }
  }

  /** Runs a call of a procedure. */
  async call(interpreter: BlockRunner, call: Call, source: TokenStream, environment: Environment): Promise<void> {
    const own = builtIn[call.name.join(".")];
    if (own !== undefined) {
      const args: Held[] = [];
      for (const { value } of call.args) args.push(await interpreter.evaluate(value, source, environment));
      return own({ interpreter, args });
    }
    const subprogram = await this.#find(call.name);
    if (subprogram === undefined) throw undeclared(call, source);
    if (subprogram.returns !== undefined) {
      throw new CompilationError(1, 1, `PLS-00221: '${call.name.at(-1)}' is not a procedure or is undefined`);
    }
    await this.#run(interpreter, subprogram, call, source, environment);
  }

  /** The value of a call of a function; `undefined` where there is no such function of PL/SQL. */
  async evaluate(
    interpreter: BlockRunner,
    call: Call,
    source: TokenStream,
    environment: Environment,
  ): Promise<Held | undefined> {
    const subprogram = await this.#find(call.name);
    if (subprogram === undefined) return undefined;
    if (subprogram.returns === undefined)
      throw new CompilationError(1, 1, `PLS-00222: no function with name '${call.name.at(-1)}' exists in this scope`);
    return this.#run(interpreter, subprogram, call, source, environment);
  }

  async #run(
    interpreter: BlockRunner,
    subprogram: ParsedSubprogram,
    call: Call,
    source: TokenStream,
    environment: Environment,
  ): Promise<Held | undefined> {
    const scope = new Scope();
    const inner = { ...environment, scope };
    const given = argumentsFor(subprogram.parameters, call);
    for (const parameter of subprogram.parameters) {
      const argument = given.get(parameter);
      scope.declare(parameter.name, parameter.type);
      const target = { kind: "variable", name: parameter.name } as const;
      if (argument === undefined) {
        if (parameter.value === undefined) throw wrongArguments(call);
        await interpreter.assign(inner, target, await interpreter.evaluate(parameter.value, subprogram.source, inner));
      } else if (parameter.mode !== "out") {
        await interpreter.assign(inner, target, await interpreter.evaluate(argument.value, source, environment));
      } else if (argument.target === undefined) {
        throw new CompilationError(1, 1, "PLS-00363: expression cannot be used as an assignment target");
      }
    }
    const returned = await this.#body(interpreter, subprogram, inner);
    for (const [parameter, argument] of given) {
      if (parameter.mode === "in" || argument.target === undefined) continue;
      await interpreter.assign(
        environment,
        argument.target,
        readTarget(inner, { kind: "variable", name: parameter.name }),
      );
    }
    if (subprogram.returns !== undefined && returned === undefined) {
      throw new OracleError(6503, "PL/SQL: Function returned without value");
    }
    return returned;
  }

  async #body(
    interpreter: BlockRunner,
    { block, source }: ParsedSubprogram,
    environment: Environment,
  ): Promise<Held | undefined> {
    try {
      await interpreter.block(block, source, environment);
      return undefined;
    } catch (error) {
      if (error instanceof Return) return error.held;
      throw error;
    }
  }

  async #find(path: readonly string[]): Promise<ParsedSubprogram | undefined> {
    const [owner, name] = path.length > 1 ? [path[0], path[1]] : [this.#session.schema, path[0]];
    const key = `${owner}.${name}`;
    if (this.#parsed.has(key)) return this.#parsed.get(key);
    const { work } = this.#session;
    const body = await work.change(this.#session.about("", ""), async () => {
      const { rows } = await work.run({
        text: "SELECT body FROM ora.source WHERE owner = $1 AND name = $2",
        values: [owner ?? "", name ?? ""],
      });
      return { result: rows[0]?.[0] ?? undefined, changed: false };
    });
    const found = body === undefined ? undefined : parseSubprogram(body);
    this.#parsed.set(key, found);
    return found;
  }
}

function argumentsFor(parameters: readonly Parameter[], call: Call): Map<Parameter, Argument> {
  const given = new Map<Parameter, Argument>();
  for (const [index, argument] of call.args.entries()) {
    const parameter =
      argument.name === undefined ? parameters[index] : parameters.find(({ name }) => name === argument.name);
    if (parameter === undefined || given.has(parameter)) throw wrongArguments(call);
    given.set(parameter, argument);
  }
  return given;
}

function wrongArguments(call: Call): OracleError {
  return new CompilationError(1, 1, `PLS-00306: wrong number or types of arguments in call to '${call.name.at(-1)}'`);
}

function undeclared(call: Call, source: TokenStream): OracleError {
  const [first] = source.slice(call.at, call.at + 1);
  const before = source.text.slice(0, first?.start ?? 0).split("\n");
  return new CompilationError(
    before.length,
    (before.at(-1)?.length ?? 0) + 1,
    `PLS-00201: identifier '${call.name.join(".")}' must be declared`,
  );
}
