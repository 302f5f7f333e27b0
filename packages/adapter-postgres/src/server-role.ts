import { DriverFault, watchExpiry } from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import type { Link } from "./link.ts";
import type { TargetSessionAttrs } from "./options.ts";
import { RawFlight } from "./raw-flight.ts";

/** What a server is. */
export interface Role {
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
}

/**
 * Whether a server is what `target_session_attrs` asks for. Servers from version 14 on say so at login; older ones, and poolers that do
 * not pass it on, are asked.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS
 */
export async function serverFits(link: Link, wanted: TargetSessionAttrs, context: Bounds): Promise<boolean> {
  if (wanted === "any" || wanted === "prefer-standby") return true;
  return suits(roleOf(link) ?? (await askForRole(link, context)), wanted);
}

/** Whether it is what is wanted. */
export function suits({ isStandby, isReadOnly }: Role, wanted: TargetSessionAttrs): boolean {
  switch (wanted) {
    case "any":
    case "prefer-standby":
      return true;
    case "primary":
      return !isStandby;
    case "standby":
      return isStandby;
    case "read-only":
      return isStandby || isReadOnly;
    default:
      return !isStandby && !isReadOnly;
  }
}

/** By what it has reported: at the login, and whenever that changes. `undefined` where it does not. */
export function roleOf({ parameters }: Link): Role | undefined {
  const standby = parameters.get("in_hot_standby");
  const readOnly = parameters.get("default_transaction_read_only");
  if (standby === undefined || readOnly === undefined) return undefined;
  return { isStandby: standby === "on", isReadOnly: readOnly === "on" };
}

async function askForRole(link: Link, context: Bounds): Promise<Role> {
  const flight = new RawFlight(
    link,
    "select pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('default_transaction_read_only')",
  );
  const stop = watchExpiry(context.clock, context, () => link.destroy(DriverFault.connectTimeout()));
  try {
    link.send(flight);
    const [row] = await flight.result;
    return { isStandby: row?.[0] === "t", isReadOnly: row?.[1] === "on" };
  } finally {
    stop();
  }
}
