import type { Lease } from "../pool/index.ts";

/** A borrowed connection: a lease of the pool, or a part of one that somebody has pinned. */
export type Borrowed = Pick<Lease, "connection" | "release" | "revoked">;
