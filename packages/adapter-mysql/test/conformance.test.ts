import { registerConformance } from "./support/suites.ts";

registerConformance({});
