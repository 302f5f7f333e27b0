import type { ControlAction } from "../statement-info.ts";
import { endOfStatement } from "./dml.ts";
import { name } from "./names.ts";
import type { TokenStream } from "./token-stream.ts";

/** Translates a statement about the transaction or the session. */
export function control(stream: TokenStream): ControlAction {
  const action = controlAction(stream);
  endOfStatement(stream);
  return action;
}

function controlAction(stream: TokenStream): ControlAction {
  if (stream.accept("COMMIT")) {
    stream.accept("WORK");
    return { what: "commit" };
  }
  if (stream.accept("ROLLBACK")) {
    stream.accept("WORK");
    if (!stream.accept("TO")) return { what: "rollback" };
    stream.accept("SAVEPOINT");
    return { what: "rollbackTo", name: name(stream) };
  }
  if (stream.accept("SAVEPOINT")) return { what: "savepoint", name: name(stream) };
  if (stream.accept("SET", "TRANSACTION")) return setTransaction(stream);
  if (stream.accept("ALTER", "SESSION")) return alterSession(stream);
  if (stream.accept("ALTER", "SYSTEM")) return killSession(stream);
  if (stream.isOneOf("LOCK", "COMMENT", "GRANT", "REVOKE", "EXPLAIN", "SET", "RENAME")) throw stream.refuse();
  throw stream.error(900, "invalid SQL statement");
}

function setTransaction(stream: TokenStream): ControlAction {
  if (stream.accept("READ", "ONLY"))
    return { what: "setTransaction", mode: "ISOLATION LEVEL REPEATABLE READ READ ONLY" };
  if (stream.accept("READ", "WRITE")) return { what: "setTransaction", mode: "" };
  if (stream.accept("ISOLATION", "LEVEL")) {
    // Oracle's SERIALIZABLE is a snapshot in which conflicting writes fail: PostgreSQL's REPEATABLE READ.
    if (stream.accept("SERIALIZABLE")) return { what: "setTransaction", mode: "ISOLATION LEVEL REPEATABLE READ" };
    if (stream.accept("READ", "COMMITTED")) return { what: "setTransaction", mode: "ISOLATION LEVEL READ COMMITTED" };
  }
  throw stream.error(900, "invalid SQL statement");
}

function alterSession(stream: TokenStream): ControlAction {
  stream.expect("SET", 922, "missing or invalid option");
  const settings = new Map<string, string>();
  while (stream.peek().kind === "word") {
    const setting = stream.next().value;
    stream.expect("=", 2248, "invalid option for ALTER SESSION");
    const token = stream.next();
    if (token.kind === "end") throw stream.error(2248, "invalid option for ALTER SESSION");
    settings.set(setting, token.value);
  }
  if (settings.size === 0) throw stream.error(2248, "invalid option for ALTER SESSION");
  return { what: "alterSession", settings };
}

function killSession(stream: TokenStream): ControlAction {
  const disconnect = stream.accept("DISCONNECT", "SESSION");
  if (!disconnect && !stream.accept("KILL", "SESSION")) throw stream.refuse();
  const [id = "", serial = ""] = stream
    .next()
    .value.split(",")
    .map((part) => part.trim());
  stream.accept("POST_TRANSACTION");
  stream.accept("IMMEDIATE");
  if (!/^\d+$/.test(id) || !/^\d+$/.test(serial)) throw stream.error(26, "missing or invalid session ID");
  return { what: "killSession", id: Number(id), serial: Number(serial), disconnect };
}
