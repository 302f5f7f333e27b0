/**
 * Tells the types about the databases of your application, once, for every place that is given a label without the manager it belongs
 * to: requests of web frameworks, decorators, the process-wide default. Without it those take any string.
 *
 * ```ts
 * declare module "@nsj/mdb-core" {
 *   interface Register {
 *     databases: typeof databases;
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is for others to fill
export interface Register {}

/** A label of the application's databases; any string while none are registered. */
export type RegisteredLabel = LabelOf<Register extends { readonly databases: infer Databases } ? Databases : unknown>;

/** A label of this manager. */
export type LabelOf<Databases> = Databases extends { database(label: infer Label extends string): unknown }
  ? Label
  : string;
