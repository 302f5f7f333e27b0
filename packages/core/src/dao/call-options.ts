import type { StatementOptions } from "../session/index.ts";

/** What every call of a DAO takes as its last argument. The table says what its rows are, so there is no schema. */
export type DaoOptions = Pick<StatementOptions, "signal" | "timeoutMs" | "name">;
