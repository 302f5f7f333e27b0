/** A statement whose answer is known from the vendor's documents only. */
export interface KnownFromDocuments {
  /** One text, without parameters, that stands alone: what it makes it also drops. */
  readonly sql: string;
  /** The one value that it gives, as text (`"NULL"` for none); `"ok"` for a statement without rows; the vendor's code (`"ORA-01410"`, `"3998"`) for a failure. */
  readonly expect: string;
  /** What would be wrong here if the answer were another one. */
  readonly dependsOn: string;
}
