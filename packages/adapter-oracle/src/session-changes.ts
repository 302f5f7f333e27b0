import { gap } from "./between-words.ts";
import { statementKind } from "./statement-kind.ts";

const gaps = `${gap}+`;
const start = `(?:^|')(?:${gaps})?`;
const alteration = new RegExp(`${start}alter${gaps}session\\b`, "i");
const roles = new RegExp(`${start}set${gaps}role\\b`, "i");
const privateTable = new RegExp(`\\bcreate${gaps}private${gaps}temporary${gaps}table\\b`, "i");
const keepsDefinition = new RegExp(`\\bpreserve${gaps}definition\\b`, "i");
const globalTable = new RegExp(
  `\\bcreate${gaps}global${gaps}temporary${gaps}table${gaps}(?:[\\w$#"]+\\s*\\.\\s*)?"?([\\w$#]+)[\\s\\S]*\\bpreserve${gaps}rows\\b`,
  "i",
);
/** One ALTER SESSION with nothing but settings that a reset knows the value of. */
const knownSettings = new RegExp(
  `^(?:${gaps})?alter${gaps}session${gaps}set${gaps}(?:(?:nls_numeric_characters|nls_date_format|nls_timestamp_format|nls_timestamp_tz_format|time_zone|current_schema)\\s*=\\s*(?:'[^']*'|"[^"]*"|[\\w$#]+)\\s*)+$`,
  "i",
);

/** Calls of Oracle's packages that leave something behind which a reset puts back. */
const restorableCalls =
  /\b(?:dbms_application_info\s*\.\s*set_(?:module|action|client_info)|dbms_session\s*\.\s*(?:set|clear)_identifier|dbms_output\s*\.\s*enable)\b/i;
/** Calls that leave something behind which only the end of the session removes. */
const lastingCalls =
  /\b(?:dbms_lock\s*\.\s*(?:request|convert)|dbms_alert\s*\.\s*register|dbms_flashback\s*\.\s*enable\w*|dbms_session\s*\.\s*(?!sleep\b|set_identifier\b|clear_identifier\b|modify_package_state\b|reset_package\b|unique_session_id\b|is_\w+\b)\w+)\b/i;

/** Names that are remembered; a program that makes ever new tables forgets the oldest. */
const mostNames = 500;

/** The tables of a database that keep a session's rows across commits, as far as their definitions came through one connector. */
export class KeptTables {
  readonly #names = new Set<string>();
  #pattern: RegExp | undefined;

  add(name: string): void {
    this.#names.add(name.replace(/[$#]/g, "\\$&"));
    const [oldest = ""] = this.#names;
    if (this.#names.size > mostNames) this.#names.delete(oldest);
    this.#pattern = new RegExp(`(?<![\\w$#])(?:${[...this.#names].join("|")})(?![\\w$#])`, "i");
  }

  /** Says whether a text speaks of one of them. */
  named(text: string): boolean {
    return this.#pattern?.test(text) === true;
  }
}

/** What the texts of statements have changed in a session, since it was clean. */
export class SessionChanges {
  readonly #tables: KeptTables;
  /** The session is no longer what the login made it. */
  changed = false;
  /** Something of it ends with the session only. */
  lasting = false;

  constructor(tables: KeptTables) {
    this.#tables = tables;
  }

  /** Takes note of a text that is about to run. Procedures can do what their names do not show. */
  note(text: string): void {
    if (restorableCalls.test(text)) this.changed = true;
    if (lastingCalls.test(text)) this.#last();
    // Words of data are no commands.
    if (statementKind(text) === "other") this.#noteCommand(text);
    if (this.#tables.named(text)) this.#last();
  }

  #noteCommand(text: string): void {
    if (knownSettings.test(text)) this.changed = true;
    else if (alteration.test(text) || roles.test(text)) this.#last();
    if (privateTable.test(text) && keepsDefinition.test(text)) this.#last();
    const [, table] = globalTable.exec(text) ?? [];
    if (table !== undefined) this.#tables.add(table);
  }

  #last(): void {
    this.changed = true;
    this.lasting = true;
  }

  clear(): void {
    this.changed = false;
    this.lasting = false;
  }
}
