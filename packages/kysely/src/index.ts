export { kyselyDialect } from "./dialect.ts";
