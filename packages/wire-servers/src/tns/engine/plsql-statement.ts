import { convertOut } from "./convert-out.ts";
import type { Bind, EngineStatement, ExecuteOptions, Outcome, OutValue } from "./engine.ts";
import { OracleError } from "./oracle-error.ts";
import type { OracleSession } from "./oracle-session.ts";
import type { Block } from "./plsql/ast.ts";
import { BlockBinds, Scope } from "./plsql/environment.ts";
import { CompilationError } from "./plsql/exceptions.ts";
import { Interpreter } from "./plsql/interpreter.ts";
import { parseBlock } from "./plsql/parse-block.ts";
import { Return } from "./plsql/return.ts";
import type { Token } from "./sql/lexer.ts";
import { TokenStream } from "./sql/token-stream.ts";

/** An anonymous block, or CALL. */
export class PlsqlStatement implements EngineStatement {
  readonly kind = "plsql";
  readonly returnBinds: ReadonlySet<number> = new Set();
  readonly #session: OracleSession;
  readonly #source: TokenStream;
  readonly #block: Block;
  readonly #bindNames: readonly string[];

  constructor(session: OracleSession, text: string, tokens: readonly Token[]) {
    this.#session = session;
    this.#source = new TokenStream(text, tokens);
    this.#block = parseWhole(this.#source);
    // A name that occurs twice is one bind.
    this.#bindNames = [...new Set(tokens.filter(({ kind }) => kind === "bind").map(({ value }) => value))];
  }

  async execute(rows: readonly (readonly Bind[])[], { commit }: ExecuteOptions): Promise<Outcome> {
    let directions: ("in" | "out" | "inout")[] = [];
    const values: OutValue[][] = [];
    const interpreter = new Interpreter(this.#session);
    for (const row of rows) {
      const binds = new BlockBinds(this.#bindNames, row);
      await this.#run(interpreter, binds);
      directions = binds.directions();
      const { dateFormats } = this.#session;
      values.push(binds.outputs(({ type, value }, bind) => convertOut(type, value, bind.type, bind.size, dateFormats)));
    }
    if (commit) await this.#session.commit();
    return {
      rowCount: 0,
      ...(this.#bindNames.length > 0 ? { out: { directions, values } } : {}),
      ...(interpreter.results.length > 0 ? { implicitResults: interpreter.results } : {}),
    };
  }

  async #run(interpreter: Interpreter, binds: BlockBinds): Promise<void> {
    const about = this.#session.about(this.#source.text, "PLSQL");
    try {
      await this.#session.work.block(about, async () => {
        await interpreter.subprograms.check(this.#block.body, this.#source);
        await interpreter.block(this.#block, this.#source, { scope: new Scope(), binds }).catch(unlessReturn);
      });
    } catch (error) {
      await this.#session.restoreSettings();
      if (!(error instanceof OracleError) || error instanceof CompilationError || error.number === 1013) throw error;
      error.message += "\nORA-06512: at line 1";
      throw error;
    }
  }
}

/** RETURN ends a block without a failure. */
function unlessReturn(error: unknown): void {
  if (!(error instanceof Return)) throw error;
}

function parseWhole(stream: TokenStream): Block {
  const block = parseBlock(stream);
  if (stream.peek().kind !== "end")
    throw stream.error(6550, "line 1, column 1:\nPLS-00103: Encountered a symbol behind the block");
  return block;
}
