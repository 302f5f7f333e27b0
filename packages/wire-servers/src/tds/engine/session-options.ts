import { NotUnderstoodError } from "./sql-server-error.ts";

/** Options of SET whose values change nothing that this server does, with the values it takes. */
const accepted: Readonly<Record<string, readonly string[]>> = {
  ansi_nulls: ["on"],
  ansi_null_dflt_on: ["on"],
  ansi_padding: ["on"],
  ansi_warnings: ["on"],
  arithabort: ["on", "off"],
  concat_null_yields_null: ["on"],
  cursor_close_on_commit: ["off", "on"],
  datefirst: ["1", "2", "3", "4", "5", "6", "7"],
  dateformat: ["mdy", "dmy", "ymd"],
  implicit_transactions: ["off"],
  language: ["us_english", "english"],
  numeric_roundabort: ["off"],
  quoted_identifier: ["on"],
  textsize: ["2147483647", "-1"],
  fmtonly: ["off"],
  no_browsetable: ["off", "on"],
  deadlock_priority: ["low", "normal", "high"],
};

/** What SET has set, as far as the server acts on it. */
export class SessionOptions {
  /** An error rolls the whole transaction back. */
  xactAbort = false;
  /** Statements do not tell how many rows they changed. */
  noCount = false;
  /** Milliseconds to wait for a lock; -1 for ever. */
  lockTimeoutMs = -1;

  /** Applies `SET options value`; gives a setting for PostgreSQL where one is needed. */
  set(options: readonly string[], value: string): string | undefined {
    let setting: string | undefined;
    for (const option of options) {
      if (option === "xact_abort") this.xactAbort = onOff(option, value);
      else if (option === "nocount") this.noCount = onOff(option, value);
      else if (option === "lock_timeout") setting = this.#setLockTimeout(Number(value));
      else if (accepted[option]?.includes(value) !== true) throw new NotUnderstoodError(`SET ${option} ${value}`);
    }
    return setting;
  }

  /** What is set now, in the words of SET. */
  get all(): Readonly<Record<string, string>> {
    return {
      xact_abort: this.xactAbort ? "on" : "off",
      nocount: this.noCount ? "on" : "off",
      lock_timeout: String(this.lockTimeoutMs),
    };
  }

  #setLockTimeout(milliseconds: number): string | undefined {
    if (!Number.isInteger(milliseconds)) throw new NotUnderstoodError("SET LOCK_TIMEOUT with no number");
    if (milliseconds === this.lockTimeoutMs) return undefined;
    this.lockTimeoutMs = milliseconds;
    // 0 means "do not wait" here and "wait for ever" in PostgreSQL.
    return `SET lock_timeout = ${milliseconds < 0 ? 0 : Math.max(1, milliseconds)}`;
  }
}

function onOff(option: string, value: string): boolean {
  if (value !== "on" && value !== "off") throw new NotUnderstoodError(`SET ${option} ${value}`);
  return value === "on";
}
