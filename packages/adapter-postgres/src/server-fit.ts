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

  private constructor(link: Link, wanted: TargetSessionAttrs) {
    this.#link = link;
    this.#wanted = wanted;
  }

  /** `undefined` where any server does, whatever becomes of it. */
  static for(link: Link, asked: TargetSessionAttrs): ServerFit | undefined {
    // Who has got a standby wants no primary later; who had to take the primary may keep it.
    const wanted = asked !== "prefer-standby" ? asked : roleOf(link)?.isStandby === true ? "standby" : "any";
    return wanted === "any" ? undefined : new ServerFit(link, wanted);
  }

  get fits(): boolean {
    if (this.#hasRefused) return false;
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
