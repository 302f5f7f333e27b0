/** The instrumentation scope of everything that is made here. */
export const scopeName = "@nsj/mdb";

/** The semantic conventions that it follows. */
export const schemaUrl = "https://opentelemetry.io/schemas/1.44.0";
