import { z } from "zod";

const environment = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Without it a PostgreSQL is started for this run, with customers and products in it. */
  ORDERS_URL: z.string().optional(),
  /** Without it a file in a temporary folder, which goes with the program. */
  AUDIT_FILE: z.string().optional(),
  /** How long a shutdown may take, in milliseconds. */
  CLOSE_TIMEOUT_MS: z.coerce.number().int().min(0).default(10_000),
  /** A statement that takes this long, in milliseconds, is on the page and in the log. */
  SLOW_MS: z.coerce.number().int().min(0).default(100),
  /** Where OpenTelemetry's spans and metrics of the databases go: nowhere, to the terminal, or to the collector of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  TELEMETRY: z.enum(["off", "console", "otlp"]).default("off"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("warn"),
});

/** What the service is told from outside. */
export type Settings = z.output<typeof environment>;

/** @throws Error that names every variable that is wrong */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const result = environment.safeParse(variables);
  if (!result.success) throw new Error(`the environment is wrong:\n${z.prettifyError(result.error)}`);
  return result.data;
}
