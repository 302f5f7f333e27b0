export { type DuckdbOptions, duckdb, duckdbDriver } from "./driver.ts";
