import safeql from "@ts-safeql/eslint-plugin/config";
import tseslint from "typescript-eslint";

export default tseslint.config({
  files: ["src/**/*.ts"],
  extends: [
    tseslint.configs.base,
    safeql.configs.connections({
      databaseUrl: process.env.ORDERS_URL,
      targets: [{ tag: "sql" }],
      // Decimals are exact text here.
      overrides: { types: { numeric: "string" } },
    }),
  ],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
});
