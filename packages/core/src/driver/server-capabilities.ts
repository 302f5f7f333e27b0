import type { Capabilities } from "./capabilities.ts";

/** The capabilities that one server may lack although its driver declares them. */
export const serverCapabilityNames = Object.freeze([
  "isolation",
  "readOnlyTransactions",
  "deferrableTransactions",
  "savepoints",
  "procedures",
  "branches",
] as const satisfies readonly (keyof Capabilities)[]);

/** One of them. */
export type ServerCapability = (typeof serverCapabilityNames)[number];

/**
 * What a connection says of its server: what core asks for with a connection in hand, transaction by transaction and call by call. How core works
 * with a connection at all (streams, cancellation, pipelining, resets) is decided before there is one, and so is whether many share it (`context`). `fates`
 * is not among them either: a server that cannot tell answers `fateOf` with `"unknown"`.
 */
export type ServerCapabilities = Partial<Pick<Capabilities, ServerCapability>>;

/** What is left of the declared capabilities on a server that says so much of itself. What it says beyond them does not count. */
export function narrowedCapabilities(declared: Capabilities, said: ServerCapabilities | undefined): Capabilities {
  if (said === undefined) return declared;
  const { isolation = declared.isolation } = said;
  return Object.freeze({
    ...declared,
    isolation: Object.freeze(declared.isolation.filter((level) => isolation.includes(level))),
    readOnlyTransactions: declared.readOnlyTransactions && said.readOnlyTransactions !== false,
    deferrableTransactions: declared.deferrableTransactions && said.deferrableTransactions !== false,
    procedures: declared.procedures && said.procedures !== false,
    savepoints: lesser(declared.savepoints, said.savepoints ?? declared.savepoints),
    ...(declared.branches !== undefined && { branches: said.branches === "none" ? "none" : declared.branches }),
  });
}

/** Which of the capabilities the one has and the other has not, or has less of. */
export function lackingBeside(less: Capabilities, more: Capabilities): readonly string[] {
  return serverCapabilityNames.filter((name) => {
    if (name === "isolation") return more.isolation.some((level) => !less.isolation.includes(level));
    if (name === "savepoints") return lesser(less.savepoints, more.savepoints) !== more.savepoints;
    if (name === "branches") return (less.branches ?? "none") === "none" && (more.branches ?? "none") !== "none";
    return more[name] && !less[name];
  });
}

const byStrength = ["none", "no-release", "full"] as const;

function lesser(one: Capabilities["savepoints"], other: Capabilities["savepoints"]): Capabilities["savepoints"] {
  return byStrength.find((it) => it === one || it === other) ?? "none";
}
