export { type ErrorBody, errorBody, type OnError, type StatusCodes } from "@nsj/mdb-http";
export type { MdbFastifyOptions } from "./options.ts";
export { mdbFastify } from "./plugin.ts";
