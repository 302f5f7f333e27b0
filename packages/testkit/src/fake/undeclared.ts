import type { Capabilities, DriverConnection } from "@nsj/mdb-core";

/** The members that these capabilities do not have. */
export function undeclared(capabilities: Capabilities): readonly (keyof DriverConnection)[] {
  const members: (keyof DriverConnection)[] = [];
  if (capabilities.cancel === "none") members.push("cancel");
  if (capabilities.stream === "none") members.push("stream");
  if (capabilities.reset === "none") members.push("reset");
  if (!capabilities.noticesSessionChanges) members.push("dirty");
  if ((capabilities.branches ?? "none") === "none") members.push("prepareBranch", "finishPrepared", "listPrepared");
  if (!capabilities.executeMany) members.push("executeMany");
  if (!capabilities.bulkLoad) members.push("bulkLoad");
  if (!capabilities.procedures) members.push("call");
  if (capabilities.context === undefined) members.push("setContext");
  if (capabilities.savepoints === "none") members.push("savepoint", "rollbackTo");
  if (capabilities.fates !== true) members.push("fateOf", "transactionNumber");
  if (capabilities.savepoints !== "full") members.push("releaseSavepoint");
  return members;
}
