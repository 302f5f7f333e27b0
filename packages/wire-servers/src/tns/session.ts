import type { Socket } from "node:net";
import type { Engine } from "./engine/engine.ts";
import { OracleError, refusalNumber } from "./engine/oracle-error.ts";
import { cancelled } from "./engine/postgres-errors.ts";
import { Login } from "./login.ts";
import { loginMessage, statusMessage } from "./protocol/call-answer.ts";
import { functionCode, messageType } from "./protocol/codes.ts";
import { descriptorValue } from "./protocol/connect.ts";
import { LobStore } from "./protocol/lob-store.ts";
import type { RecordedLogin } from "./protocol/login.ts";
import { dataTypesAnswer, protocolAnswer } from "./protocol/negotiation.ts";
import { readPiggyback } from "./protocol/piggyback.ts";
import { Transport } from "./protocol/transport.ts";
import { TtcReader } from "./protocol/ttc-reader.ts";
import type { ScriptedAnswer } from "./scripted-answer.ts";
import { Cut, notByScript, ScriptedCalls } from "./scripted-calls.ts";
import { errorAnswer, StatementCalls, type StatementHost } from "./statement-calls.ts";

/** What a session needs from its server. */
export interface SessionHost extends StatementHost {
  readonly serviceName: string;
  /** By upper-case user name. */
  readonly passwords: ReadonlyMap<string, string>;
  answerTo(text: string): ScriptedAnswer | undefined;
  /** Something was set ahead of a call. */
  noteAhead(text: string): void;
  /** Somebody has logged in. */
  noteLogin(login: RecordedLogin): void;
  openEngine(user: string, sessionTimeZone: string): Promise<Engine>;
  /** Something that this server cannot have meant; tests see it. */
  report(error: Error): void;
}

/** One client's session. */
export class TnsSession {
  readonly id: number;
  readonly serial: number;
  readonly #host: SessionHost;
  readonly #transport: Transport;
  readonly #lobs = new LobStore();
  #queue: Promise<void> = Promise.resolve();
  #engine: Engine | undefined;
  #calls: StatementCalls | undefined;
  #descriptor = "";
  readonly #login: Login;
  #interrupting: Promise<void> | undefined;
  readonly #scripts: ScriptedCalls;
  #killed = false;
  #refusedAhead: OracleError | undefined;
  #over = false;
  readonly closed: Promise<void>;

  constructor(socket: Socket, host: SessionHost, id: number, serial: number) {
    this.id = id;
    this.serial = serial;
    this.#host = host;
    this.#login = new Login(host.passwords);
    this.#scripts = new ScriptedCalls(host.answerTo, (ending) => this.cut(ending));
    let finish: () => void = () => undefined;
    this.closed = new Promise((resolve) => {
      finish = resolve;
    });
    this.#transport = new Transport(socket, {
      connect: (descriptor) => this.#connect(descriptor),
      message: (message) => this.#enqueue(() => this.#message(new TtcReader(message))),
      interrupt: () => this.#interrupt(),
      resetAsked: () => this.#enqueue(() => this.#afterBreak()),
      closed: (error) => {
        if (error !== undefined) host.report(error);
        this.#leave().catch(host.report).finally(finish);
      },
    });
  }

  /** Ends the session as an administrator does: its next call gets ORA-00028; what is open is rolled back. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#interrupt();
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.close();
  }

  /** Ends the connection. */
  cut(ending: "end" | "reset" = "end"): void {
    this.#transport.close(ending);
  }

  #connect(descriptor: string): number | "silence" | undefined {
    const scripted = this.#host.answerTo("CONNECT");
    if (scripted?.kind === "error") return scripted.number;
    if (scripted?.kind === "hang") return "silence";
    this.#descriptor = descriptor;
    const service = descriptorValue(descriptor, "SERVICE_NAME");
    if (service !== undefined && service.toUpperCase() === this.#host.serviceName.toUpperCase()) return undefined;
    return service === undefined ? 12505 : 12514;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      if (!this.#over) this.#host.report(error instanceof Error ? error : new Error(String(error)));
      this.cut("reset");
    });
  }

  #interrupt(): void {
    this.#scripts.stopHanging(cancelled());
    this.#interrupting = this.#engine?.interrupt();
  }

  async #afterBreak(): Promise<void> {
    await this.#interrupting;
    this.#engine?.resume();
    this.#transport.reset();
    this.#transport.send(errorAnswer(cancelled(), this.#engine?.transactionInProgress ?? false).toBuffer());
  }

  async #leave(): Promise<void> {
    this.#over = true;
    this.#scripts.stopHanging(new OracleError(3113, "end-of-file on communication channel"));
    await this.#engine?.interrupt();
    await this.#queue;
    await this.#engine?.close();
  }

  async #message(reader: TtcReader): Promise<void> {
    if (this.#over) return;
    while (reader.left > 0) {
      const type = reader.u8();
      switch (type) {
        case messageType.protocol:
          return this.#transport.send(protocolAnswer());
        case messageType.dataTypes:
          return this.#transport.send(dataTypesAnswer());
        case messageType.piggyback:
          await this.#piggyback(reader);
          break;
        case messageType.function: {
          const answer = await this.#call(reader);
          if (answer !== undefined) this.#transport.send(answer);
          return this.#transport.drained();
        }
        case messageType.oneWayFunction:
          return this.#oneWay(reader);
        default:
          throw new RangeError(`the TNS test server does not know the message type ${type}`);
      }
    }
  }

  /** A call that wants no answer. A session of a pool (DRCP) is given back by one, and the client leaves. */
  async #oneWay(reader: TtcReader): Promise<void> {
    const code = reader.u8();
    if (code !== functionCode.releaseSession)
      throw new RangeError(`the TNS test server does not know the one-way function ${code}`);
    await this.#engine?.rollback();
  }

  async #piggyback(reader: TtcReader): Promise<void> {
    const piggyback = readPiggyback(reader);
    switch (piggyback.kind) {
      case "closeCursors":
        return this.#calls?.closeCursors(piggyback.cursorIds);
      case "cancelCursors":
        return this.#calls?.cancelCursors(piggyback.cursorIds);
      case "freeLobs":
        return this.#lobs.free(piggyback.locators);
      case "setSchema":
        return this.#ahead(`SET SCHEMA ${piggyback.schema}`, (engine) => engine.setSchema(piggyback.schema));
      case "setClientIdentifier":
        return this.#ahead(`SET CLIENT IDENTIFIER ${piggyback.identifier}`, (engine) =>
          engine.setClientIdentifier(piggyback.identifier),
        );
    }
  }

  /** What is refused ahead of a call is the answer to it, and the call itself does not happen. */
  async #ahead(text: string, work: (engine: Engine) => Promise<void>): Promise<void> {
    this.#host.noteAhead(text);
    try {
      if (this.#engine !== undefined) await work(this.#engine);
    } catch (error) {
      if (!(error instanceof OracleError)) throw error;
      this.#refusedAhead ??= error;
    }
  }

  /** The answer to a call; `undefined` where there is none. */
  async #call(reader: TtcReader): Promise<Buffer | undefined> {
    const code = reader.u8();
    reader.u8();
    const refused = this.#refusedAhead;
    this.#refusedAhead = undefined;
    try {
      if (refused !== undefined) throw refused;
      if (this.#killed) throw new OracleError(28, "your session has been killed");
      if (code === functionCode.authenticatePhaseOne) return loginMessage(this.#login.begin(reader));
      if (code === functionCode.authenticatePhaseTwo)
        return await this.#scripts.run("LOGIN", () => this.#openEngine(reader), notByScript);
      return await this.#sessionCall(code, reader);
    } catch (error) {
      if (error instanceof Cut) return undefined;
      if (this.#killed) {
        setImmediate(() => this.cut());
        return errorAnswer(new OracleError(28, "your session has been killed"), false).toBuffer();
      }
      if (!(error instanceof OracleError)) throw error;
      if (error.number === refusalNumber) this.#host.noteRefusal(error.message);
      return errorAnswer(error, this.#engine?.transactionInProgress ?? false).toBuffer();
    }
  }

  async #openEngine(reader: TtcReader): Promise<Buffer> {
    const login = this.#login.finish(reader);
    this.#host.noteLogin({ descriptor: this.#descriptor, user: login.user, facts: login.facts });
    const engine = await this.#host.openEngine(login.user, login.timeZone);
    this.#engine = engine;
    engine.onLost = () => this.cut("reset");
    this.#calls = new StatementCalls(
      engine,
      this.#lobs,
      (text, run, play) => this.#scripts.run(text, run, play),
      this.#host,
    );
    return loginMessage(login.answer({ id: this.id, serial: this.serial, serviceName: this.#host.serviceName }));
  }

  async #sessionCall(code: number, reader: TtcReader): Promise<Buffer> {
    const engine = this.#engine;
    const calls = this.#calls;
    if (engine === undefined || calls === undefined) throw new OracleError(1012, "not logged on");
    switch (code) {
      case functionCode.execute:
        return (await calls.execute(reader)).toBuffer();
      case functionCode.reexecute:
      case functionCode.reexecuteAndFetch:
        return (await calls.reexecute(reader, code)).toBuffer();
      case functionCode.fetch:
        return (await calls.fetch(reader)).toBuffer();
      case functionCode.commit:
        await this.#plain("COMMIT", () => engine.commit());
        break;
      case functionCode.rollback:
        await this.#plain("ROLLBACK", () => engine.rollback());
        break;
      case functionCode.ping:
        await this.#plain("PING", async () => undefined);
        break;
      case functionCode.logoff:
        await this.#plain("LOGOFF", () => engine.rollback());
        break;
      case functionCode.lobOperation:
        return Buffer.concat([this.#lobs.run(reader).toBuffer(), statusMessage(engine.transactionInProgress)]);
      default:
        throw new RangeError(`the TNS test server does not know the function ${code}`);
    }
    return statusMessage(engine.transactionInProgress);
  }

  #plain(text: string, run: () => Promise<void>): Promise<void> {
    return this.#scripts.run(text, run, () => undefined);
  }
}
