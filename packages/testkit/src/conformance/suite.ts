import { AssertionError } from "node:assert";
import { randomInt } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Connector, DriverConnection, MaybePromise, ResultSet, ServerCapabilities } from "@nsj/mdb-core";
import type { Admin } from "./admin.ts";
import type { Subject } from "./subject.ts";
import { within } from "./wait.ts";

/** What the cases of one `conformance()` share: the admin client, a connection that cleans up, and names that are used once. */
export class Suite {
  readonly subject: Subject;
  #admin: Promise<Admin> | undefined;
  #keeper: { readonly connector: Connector; readonly connection: DriverConnection } | undefined;
  #said: { readonly capabilities: ServerCapabilities | undefined } | undefined;
  #names = 0;
  readonly #prefix = `mdb${randomInt(36 ** 5)
    .toString(36)
    .padStart(5, "0")}x`;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  /** A lower-case identifier that nothing else uses. At most 16 characters. */
  name(): string {
    this.#names += 1;
    return `${this.#prefix}${this.#names.toString(36)}`;
  }

  admin(): Promise<Admin> {
    if (this.subject.admin === undefined) throw new Error("the case has to declare that it needs the admin client");
    this.#admin ??= this.subject.admin();
    return this.#admin;
  }

  /** What the server says that it has of the declared capabilities. A case finds out by itself where nothing can be reached. */
  async said(): Promise<ServerCapabilities | undefined> {
    try {
      this.#said ??= { capabilities: (await this.#inTime(this.#connection(), "connect()")).capabilities };
    } catch {
      return undefined;
    }
    return this.#said.capabilities;
  }

  /**
   * Runs what removes the fixtures of a case. Best effort: a fixture may be gone with the transaction that made it, or be locked by what a driver
   * has left running; nobody waits for that for ever, neither now nor with the fixtures of the next case.
   */
  async cleanUp(statements: readonly string[]): Promise<void> {
    for (const text of statements) {
      try {
        await this.#ask(text);
      } catch (error) {
        if (error instanceof AssertionError || this.#keeper?.connection.usable === false) await this.#release();
      }
    }
  }

  /** The first value of a query, through a connection of the suite's own. */
  async value(text: string): Promise<unknown> {
    return (await this.#ask(text)).rows[0]?.[0];
  }

  async close(): Promise<void> {
    await this.#release();
    const admin = await this.#admin;
    this.#admin = undefined;
    await this.#inTime(admin?.close(), "the end of the admin client");
  }

  async #ask(text: string): Promise<ResultSet> {
    const connection = await this.#inTime(this.#connection(), "a connection of the suite's own");
    const context = { deadline: performance.now() + 5_000 };
    return this.#inTime(connection.query({ text, values: [] }, context), text);
  }

  #inTime<T>(pending: MaybePromise<T>, what: string): Promise<T> {
    return within(pending, what, this.subject.patienceMs ?? 15_000);
  }

  async #connection(): Promise<DriverConnection> {
    if (this.#keeper === undefined) {
      const connector = this.subject.driver.connector(this.subject.options());
      const connection = await connector.connect({ deadline: performance.now() + 10_000 });
      this.#keeper = { connector, connection };
    }
    return this.#keeper.connection;
  }

  async #release(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = undefined;
    keeper?.connection.destroy();
    await this.#inTime(keeper?.connector.close?.(), "close() of a connector").catch(() => undefined);
  }
}
