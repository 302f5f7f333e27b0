import type { SessionContext } from "@nsj/mdb-core";
import { storedName } from "./dialect.ts";
import { refusal } from "./faults.ts";
import type { NativeConnection } from "./native.ts";

/** What a session was after its login, as far as a context changes it. */
export interface OwnContext {
  readonly schema: string;
  readonly clientId: string;
}

/** A name that is the same with and without quotes, so that it does not matter how the server reads it. */
const plainName = /^[A-Z][A-Z0-9_$#]*$/;
/** Bytes of `CLIENT_IDENTIFIER` that the server keeps; it would cut the rest off without a word. */
const longestClientId = 64;

/**
 * For whom one session works: its schema and its client's identifier, which the driver sends ahead of a call, in the same packet. They belong to
 * the session and not to a transaction, so each is set anew when it changes, and put back to the session's own where there is none.
 */
export class CallContext {
  readonly #connection: NativeConnection;
  /** Known once the session is set up. */
  own: OwnContext = { schema: "", clientId: "" };
  #held: SessionContext | undefined;
  /** What the driver has sent last was accepted, and is what is held. */
  #inPlace = true;
  #everHadSchema = false;
  #everHadClientId = false;

  constructor(connection: NativeConnection) {
    this.#connection = connection;
  }

  /** From now on no statement is to be sent without it. */
  hold(context: SessionContext | undefined): void {
    this.#held = context;
    this.#inPlace = false;
  }

  /** Whether names mean what another schema has than the session's own. */
  get hasSchema(): boolean {
    return this.#held?.schema !== undefined;
  }

  /** Has the driver send it ahead of the next call. @throws DriverFault for what no session can have; nothing is sent */
  apply(): void {
    if (this.#inPlace) return;
    const { schema, clientId } = this.#held ?? {};
    const name = schema === undefined ? this.own.schema : checkedSchema(schema);
    // It could not be put back.
    if (schema !== undefined) checkedSchema(this.own.schema);
    if (clientId !== undefined) checkClientId(clientId);
    this.#everHadSchema ||= schema !== undefined;
    this.#everHadClientId ||= clientId !== undefined;
    if (this.#everHadSchema) this.#connection.currentSchema = name;
    if (this.#everHadClientId) this.#connection.clientId = clientId ?? this.own.clientId;
    this.#inPlace = true;
  }

  /**
   * A call has failed, maybe for the sake of what was sent ahead of it. The next statement takes it along again; what needs none (ROLLBACK) is not
   * held up by a schema that does not exist.
   */
  failed(): void {
    this.#inPlace = false;
    // The driver sends the schema with every call from its first change on.
    if (this.#everHadSchema) this.#connection.currentSchema = this.own.schema;
  }

  /**
   * A text as it is sent. The driver keeps a cursor for each text, and a cursor goes on meaning the tables of the schema in which it was parsed; so the
   * texts of two schemas have to differ.
   */
  sent(text: string): string {
    const schema = this.#held?.schema;
    return schema === undefined ? text : `${text}\n/* in ${checkedSchema(schema)} */`;
  }
}

function checkedSchema(schema: string): string {
  const name = storedName(schema);
  if (plainName.test(name)) return name;
  throw refusal("parameter", "a schema whose name needs quotes cannot be that of a context, nor be changed for one");
}

function checkClientId(clientId: string): void {
  const size = Buffer.byteLength(clientId);
  if (size <= longestClientId) return;
  throw refusal("parameter", `the client id of a context has ${size} bytes; the server keeps ${longestClientId}`);
}
