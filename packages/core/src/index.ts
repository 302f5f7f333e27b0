export * from "./driver/index.ts";
export * from "./errors/index.ts";
