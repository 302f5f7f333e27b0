import { startFastify } from "./fastify-service.ts";
import { idempotencySuite } from "./idempotency-suite.ts";

idempotencySuite("fastify", startFastify);
