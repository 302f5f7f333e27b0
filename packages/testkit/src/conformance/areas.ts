import type { Area } from "./area.ts";
import { connect } from "./connect.ts";
import { meta } from "./meta.ts";
import { query } from "./query.ts";

/** Every area of the suite, in the order in which a new adapter wants to pass them. */
export const areas: readonly Area[] = [meta, connect, query];
