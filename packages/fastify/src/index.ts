export type { MdbFastifyOptions } from "./options.ts";
export { mdbFastify } from "./plugin.ts";
