import { defineConfig } from "tsup";
import { library } from "../../tsup.config.base.ts";

// `import.meta.url` has to work in the CommonJS build too.
export default defineConfig({ ...library, shims: true });
