import { defineConfig } from "tsup";
import { library } from "../../tsup.config.base.ts";

export default defineConfig([
  library,
  { ...library, entry: ["src/main.ts"], format: ["esm"], dts: false, clean: false },
]);
