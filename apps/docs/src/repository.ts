import { join } from "node:path";

/** The root of the repository, and where its files are seen on the web. */
export const root = join(import.meta.dirname, "../../..");
export const web = "https://github.com/nsj/mdb/blob/main";
