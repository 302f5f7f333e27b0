/** How a shop's data is kept apart from that of others. */
export const layouts = ["database", "schema", "rows"] as const;
export type Layout = (typeof layouts)[number];

/** The servers; each has a label for the pool that shops share there. */
export const serverNames = ["north", "south"] as const;
export type ServerName = (typeof serverNames)[number];
