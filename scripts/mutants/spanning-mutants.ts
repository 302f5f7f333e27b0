import type { Mutant } from "./mutant.ts";

const spanning = "packages/core/src/session/spanning";
const spanningTest = "packages/core/test/session/spanning/spanning.test.ts";
const faults = "packages/adapter-postgres/test/spanning-faults.test.ts";
const inDoubt = "packages/adapter-postgres/test/spanning-in-doubt.test.ts";
const mysql = "packages/adapter-mysql/src";
const lone = "packages/tenants/test/alone-in-a-transaction.test.ts";
// Needs a MariaDB on the machine: without one these tests are skipped, and what is broken here is not noticed.
const mariadb = "packages/adapter-mysql/test/branches.test.ts";

/** Faults of transactions over several databases. */
export const spanningMutants: readonly Mutant[] = [
  {
    fault: "a database that could not be reached is told to have nothing in doubt",
    file: `${spanning}/last-look.ts`,
    text: "    for (const { label } of unreachable) this.#found.delete(label);",
    replacement: "",
    noticedBy: [inDoubt],
  },
  {
    fault: "a branch of another process that was ended against the decision is taken for ended as decided",
    file: `${spanning}/coordinator.ts`,
    text: `    for (const it of own.branches) if (it.result === "gone") void this.#lookAtGone(it);`,
    replacement: "",
    noticedBy: [inDoubt],
  },
  {
    fault: "a deferred constraint tears what is committed by best effort",
    file: `${spanning}/best-effort.ts`,
    text: "    await Promise.all(begun.slice(1).map((part) => part.checkDeferred()));",
    replacement: "",
    noticedBy: [faults],
  },
  {
    fault: "a server that cannot prepare is taken for a branch by the first transaction of all",
    file: `${spanning}/knowing-decider.ts`,
    text: "  await Promise.all(unknown.map((context) => meet(context, bounds)));",
    replacement: "",
    noticedBy: [spanningTest],
  },
  {
    fault: "that nobody may write decisions is found out when everybody is prepared",
    file: `${spanning}/stores.ts`,
    text: "      await checkStore(context, limitMs);",
    replacement: "",
    noticedBy: [faults],
  },
  {
    fault: "a session that has prepared and was given up keeps its branch from recovery",
    file: `${spanning}/database-part.ts`,
    text: `    this.#prepared?.release({ error: "dead", answered: true });`,
    replacement: `    this.#prepared?.release({ error: "ok", answered: true });`,
    noticedBy: [spanningTest],
  },
  {
    fault: "a coordinator that stands still keeps its locks for ever",
    file: "packages/core/src/session/begin-options.ts",
    text: "    : { ...begin, limitMs: until - context.clock.now() + serverGraceMs };",
    replacement: "    : begin;",
    noticedBy: [faults],
  },
  {
    fault: "a decision is lost in a crash because its own transaction has set so",
    file: "packages/adapter-postgres/src/connection.ts",
    text: "mustBeDurable ? durableCommit : ",
    replacement: "",
    noticedBy: ["packages/adapter-postgres/test/branches.test.ts"],
  },
  {
    fault: "a server without room for prepared transactions is found out at the end",
    file: "packages/adapter-postgres/src/connection.ts",
    text: "    const asked = branch && this.#room.check(this.#session);",
    replacement: "    const asked = branch && undefined;",
    noticedBy: [faults],
  },
  {
    fault: "a reset takes a prepared branch from its session, and its commit does nothing",
    file: `${mysql}/reset.ts`,
    text: `  if (branch?.isPrepared === true) return "impossible";`,
    replacement: "",
    noticedBy: [mariadb],
  },
  {
    fault: "a branch that its session holds is taken for finished",
    file: `${mysql}/branches.ts`,
    text: `xidOf(it.branch) === xid) ? "busy" : "gone";`,
    replacement: `xidOf(it.branch) === xid) ? "gone" : "gone";`,
    noticedBy: [mariadb],
  },
  {
    fault: "a server prepares, and decides, that may lose it",
    file: `${mysql}/branch-room.ts`,
    text: `  if (level !== "1" && level !== "3") {`,
    replacement: `  if (level === "") {`,
    noticedBy: [mariadb],
  },
  {
    fault: "what a session of MariaDB holds outlives a machine that is gone by hours",
    file: `${mysql}/begin.ts`,
    text: "  if (idleLimit !== session.idleLimit) await limitIdleness(session, idleLimit);",
    replacement: "",
    noticedBy: [mariadb],
  },
  {
    fault: "a database that refuses to prepare does not keep the others from committing",
    file: `${spanning}/protocol.ts`,
    text: "    for (const answer of [votes, decision]) if",
    replacement: "    for (const answer of [decision]) if",
    noticedBy: ["packages/core/test/session/spanning/model.test.ts", spanningTest],
  },
  {
    fault: "replicas of MariaDB get a branch before it is decided",
    file: `${mysql}/branch-room.ts`,
    text: `  if (logsChanges !== "0") {`,
    replacement: `  if (logsChanges === "") {`,
    noticedBy: [mariadb],
  },
  {
    fault: "a statement that the server has forgotten is sent again and again under its old name",
    file: "packages/adapter-postgres/src/session.ts",
    text: `    if (code === "26000") this.#forgetNames(true);`,
    replacement: `    if (code === "26000") this.#epoch.value += 0;`,
    noticedBy: ["packages/adapter-postgres/test/branches.test.ts"],
  },
  {
    fault: "what a crash leaves in a tenant's own database is found by nobody",
    file: `${spanning}/spanning-transaction.ts`,
    text: "    await writeNote(decider, { store, transaction: this.#transaction }, noted, this.#bounds);",
    replacement: "",
    noticedBy: [lone],
  },
  {
    fault: "a tenant is forgotten in which something may be prepared still",
    file: `${spanning}/judge-note.ts`,
    text: `    return sighting === "ended" || (sighting === "absent" && isLate);`,
    replacement: `    return sighting === "ended" || sighting === "absent";`,
    noticedBy: ["packages/core/test/session/spanning/model.test.ts", lone],
  },
  {
    fault: "what a tenant has left is taken for ended because it is not where that has moved to",
    file: `${spanning}/member-recovery.ts`,
    text: `    return this.#place === at ? "absent" : "moved";`,
    replacement: `    return at === "" ? "moved" : "absent";`,
    noticedBy: [lone],
  },
  {
    fault: "a note is gone while a branch of its transaction waits for recovery",
    file: `${spanning}/spanning-transaction.ts`,
    text: "    if (this.#isNoted && !pending.some(({ context }) => isMemberAlone(context))) {",
    replacement: "    if (this.#isNoted) {",
    noticedBy: [lone],
  },
  {
    fault: "recovery may not end what was prepared in a tenant's role",
    file: "packages/adapter-postgres/src/branches.ts",
    text: `  const ahead = session.role === undefined ? "" : asLogin;`,
    replacement: `  const ahead = asLogin.slice(asLogin.length);`,
    noticedBy: ["packages/adapter-postgres/test/branches.test.ts"],
  },
  {
    fault: "a decision to commit by hand is taken for the decider's own COMMIT, whose rows are not there",
    file: `${spanning}/deciding-part.ts`,
    text: "      if (!isByHand(known)) return known.decision;",
    replacement: "      return known.decision;",
    noticedBy: ["packages/core/test/session/spanning/by-hand.test.ts"],
  },
  {
    fault: "of two databases with one store only the first is asked for a decision",
    file: `${spanning}/stores.ts`,
    text: "    if (first !== undefined) return [first, ...others];",
    replacement: "    if (first !== undefined) return [first, ...others.slice(0, 0)];",
    noticedBy: ["packages/core/test/session/spanning/copied-stores.test.ts"],
  },
  {
    fault: "hooks run for a database of which nobody knows whether it has committed",
    file: `${spanning}/parts-at-the-end.ts`,
    text: '  if (known === "unknown") return undefined;',
    replacement: "",
    noticedBy: [spanningTest],
  },
];
