import { noteAgain } from "./errors.ts";
import type { Link } from "./link.ts";
import type { NativeError } from "./native.ts";
import type { TargetSessionAttrs } from "./options.ts";
import { type Role, roleOf, suits } from "./server-role.ts";

/** Whether the server of a link is still what `targetSessionAttrs` asks for: by what it reports, from version 14 on, and by the writes that it refuses. */
export class ServerFit {
  readonly #link: Link;
  readonly #wanted: TargetSessionAttrs;
  #hasRefused = false;

  constructor(link: Link, wanted: TargetSessionAttrs) {
    this.#link = link;
    // Who has got a standby wants no primary later; who had to take the primary may keep it.
    this.#wanted = wanted !== "prefer-standby" ? wanted : roleOf(link)?.isStandby === true ? "standby" : "any";
  }

  get fits(): boolean {
    if (this.#hasRefused) return false;
    if (this.#wanted === "any") return true;
    const role: Role | undefined = roleOf(this.#link);
    return role === undefined || suits(role, this.#wanted);
  }

  /** A write was refused in a transaction that nobody had made read-only: where writes are wanted, another server may do. */
  refused(error: unknown): void {
    if (this.#wanted !== "read-write" && this.#wanted !== "primary") return;
    if ((error as NativeError).code !== "25006") return;
    this.#hasRefused = true;
    noteAgain(error, "yes");
  }
}
