import type { DatabaseManager } from "./database-manager.ts";
import type { Register } from "./register.ts";

/** The manager of the application, as {@link Register} has it. */
export type RegisteredManager = Register extends { readonly databases: infer Databases } ? Databases : DatabaseManager;
