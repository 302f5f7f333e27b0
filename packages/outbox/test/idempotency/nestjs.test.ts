import { idempotencySuite } from "./idempotency-suite.ts";
import { startNest } from "./nest-service.ts";

idempotencySuite("nestjs", startNest);
