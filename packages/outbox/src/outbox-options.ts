import { ConfigurationError, checkOptions, type ForeignOptions, type OptionRules } from "@nsj/mdb-core";

/** Options of an outbox. */
export interface OutboxOptions {
  /** The table of its messages; the others (lanes, dead messages, what is done) begin with the same name. `"mdb_outbox"` by default. */
  readonly table?: string | undefined;
  readonly format?: "mdb" | undefined;
  /**
   * How long messages that are done stay in a table of their own, whose name ends in `_done`, in milliseconds. Absent: they are deleted when they are
   * done. The same for all who use the outbox; its table is part of {@link Outbox.ddl} only where this is given.
   */
  readonly keepMs?: number | undefined;
  /**
   * On PostgreSQL, whether a commit wakes relays in other processes at once, by a NOTIFY of its own after the commit. Default `true`. One is under
   * way at a time, however many commit. Elsewhere this means nothing.
   */
  readonly notify?: boolean | undefined;
  /** Gives the W3C trace context of whoever adds a message, for messages that have none of their own. What is no `traceparent` is left out. */
  readonly traceparent?: (() => string | undefined) | undefined;
}

/** Options of an outbox that Debezium reads. */
export interface DebeziumOptions extends Pick<OutboxOptions, "traceparent"> {
  /** Its table. `"mdb_outbox"` by default. */
  readonly table?: string | undefined;
  /** The columns that Debezium's outbox event router looks for. */
  readonly format: "debezium";
  /** What the column `payload` holds: `"text"`, JSON, by default; or `"bytes"`, in which JSON is UTF-8, for Debezium's `ByteArrayConverter`. */
  readonly payload?: "text" | "bytes" | undefined;
}

const rules: OptionRules<OutboxOptions> = {
  table: { type: "string" },
  format: { type: "string", oneOf: ["mdb"] },
  keepMs: { type: "milliseconds" },
  notify: { type: "boolean" },
  traceparent: { type: "function" },
};

const debeziumRules: OptionRules<DebeziumOptions> = {
  table: { type: "string" },
  format: { type: "string", oneOf: ["debezium"] },
  payload: { type: "string", oneOf: ["text", "bytes"] },
  traceparent: { type: "function" },
};

/** What people write for outboxes elsewhere, and what belongs to the relay. */
const foreign: ForeignOptions = {
  tablename: { name: "table" },
  retention: { name: "keepMs", note: "in milliseconds" },
  schema: { note: "there is no such option here: its tables are in the schema of the connection" },
  batchsize: { note: "it is an option of relay()" },
  attempts: { note: "it is an option of relay()" },
  leasems: { note: "it is an option of relay()" },
  idlems: { note: "it is an option of relay()" },
};

/** @throws ConfigurationError for an unknown option or a wrong value */
export function checkOutboxOptions(options: OutboxOptions | DebeziumOptions): void {
  if (options.format === "debezium") checkOptions<DebeziumOptions>("outbox", options, debeziumRules, "", foreign);
  else checkOptions<OutboxOptions>("outbox", options, rules, "", foreign);
  if ((options as OutboxOptions).keepMs === Number.POSITIVE_INFINITY) {
    throw new ConfigurationError(`outbox: option "keepMs" must be finite: what is kept for ever has no end`, {
      key: "keepMs",
    });
  }
}
