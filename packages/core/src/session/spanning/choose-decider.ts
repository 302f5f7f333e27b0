import { ParameterError, TransactionStateError, UnsupportedError } from "../../errors/index.ts";
import { kindInWords } from "../../internal/kind-in-words.ts";
import { type DatabaseContext, nameOf } from "../database-context.ts";
import { ambientPart } from "../participant.ts";
import { canPrepare } from "./database-part.ts";

/** @throws ParameterError for no labels, or one that is named twice */
export function checkLabels(labels: readonly string[]): void {
  if (!Array.isArray(labels)) {
    const order = "a transaction takes the label of its database, or a list of labels, and then its work";
    throw new ParameterError(`${order}; not ${kindInWords(labels)}`);
  }
  if (labels.length === 0)
    throw new ParameterError("a transaction over several databases needs the labels of the databases");
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new ParameterError(`the label ${JSON.stringify(twice)} is named twice`);
}

/** @throws TransactionStateError where a database is in a transaction already: what becomes of that is not ours to decide */
export function refuseRunning(contexts: readonly DatabaseContext[]): void {
  for (const context of contexts) {
    if (ambientPart(context) === undefined) continue;
    const message = `${nameOf(context)}: a transaction is running already, so it cannot take part in one over several databases; begin that one around it`;
    throw new TransactionStateError(message, { database: context.database, engine: context.engine });
  }
}

/**
 * Looks whether those that are one of many behind their label can be branches of an atomic transaction: none of them can decide, because whoever recovers looks for
 * decisions under labels.
 * @throws UnsupportedError where one cannot prepare
 */
export function refuseUnable(contexts: readonly DatabaseContext[]): void {
  if (contexts.length < 2) return;
  for (const context of contexts) {
    const { key, isRouted, database, engine } = context;
    if ((key === undefined && isRouted !== true) || canPrepare(context)) continue;
    const message = `${nameOf(context)}: what this label stands for cannot prepare a transaction here, so it takes no part in an atomic transaction over several databases; let an outbox carry the work, or take mode "best-effort"`;
    throw new UnsupportedError(message, { database, engine });
  }
}

/**
 * The database whose own commit decides: the one that cannot prepare, else the one that was asked for, else the first.
 * @throws UnsupportedError where two cannot prepare, or one would forget the decision with its process
 * @throws ParameterError where another one was asked for than the one that cannot prepare
 */
export function chooseDecider(contexts: readonly DatabaseContext[], wanted: string | undefined): DatabaseContext {
  const [first] = contexts;
  if (first === undefined)
    throw new ParameterError("a transaction over several databases needs the labels of the databases");
  // As nearly always: each of them could be the one.
  if (wanted === undefined && contexts.every(isAble)) return first;
  const asked = wanted === undefined ? undefined : contexts.find((it) => it.database === wanted);
  if (wanted !== undefined && asked === undefined) {
    throw new ParameterError(`option "decider": ${JSON.stringify(wanted)} is not among the labels of the transaction`);
  }
  if (contexts.length === 1) return first;
  refuseUnable(contexts);
  const able = contexts.filter(({ key }) => key === undefined);
  if (asked !== undefined && !able.includes(asked)) {
    throw new ParameterError(
      `option "decider": ${nameOf(asked)} stands for many databases, and recovery looks for decisions in those with a label of their own`,
    );
  }
  const [usual] = able;
  if (usual === undefined) {
    const message = `${contexts.map(nameOf).join(" and ")} stand for many databases each, and none of them can keep the decision; add a label that is one database`;
    throw new UnsupportedError(message, { database: first.database, engine: first.engine });
  }
  const unable = contexts.filter((it) => !canPrepare(it));
  const [only, second] = unable;
  if (only !== undefined && second !== undefined) {
    const names = unable.map(nameOf).join(" and ");
    const message = `${names} cannot prepare a transaction, and only one such database can take part in one over several; let an outbox carry the work from one to the other`;
    throw new UnsupportedError(message, { database: second.database, engine: second.engine });
  }
  if (only !== undefined && asked !== undefined && asked !== only) {
    throw new ParameterError(
      `option "decider": ${nameOf(only)} cannot prepare a transaction, so it has to be the decider, not ${JSON.stringify(wanted)}`,
    );
  }
  const decider = only ?? asked ?? usual;
  if (decider.permanent) {
    const message = `${nameOf(decider)}: a database in memory is gone with its process, and the decision with it; take a file, or leave it out of the transaction`;
    throw new UnsupportedError(message, { database: decider.database, engine: decider.engine });
  }
  return decider;
}

/** Whether it can be a branch as well as the decider. */
function isAble(context: DatabaseContext): boolean {
  return context.key === undefined && context.isRouted !== true && !context.permanent && canPrepare(context);
}
