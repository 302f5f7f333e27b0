import { type Attributes, type Context, context } from "@opentelemetry/api";
import { schemaUrl, scopeName } from "./scope.ts";

/** What of a `LoggerProvider` of `@opentelemetry/api-logs` is used here. */
export interface LogProvider {
  getLogger(
    name: string,
    version?: string,
    options?: { schemaUrl?: string },
  ): {
    emit(record: {
      eventName?: string;
      severityNumber?: number;
      severityText?: string;
      attributes?: Record<string, string | number | boolean>;
      context?: Context;
    }): void;
  };
}

/** `WARN`: whoever called decides whether it was one. */
const warning = { severityNumber: 13, severityText: "WARN" } as const;

/** Tells a logger of failed statements, as the conventions' event. */
export function exceptionLog(
  provider: LogProvider | undefined,
): ((error: unknown, attributes: Attributes, at: Context) => void) | undefined {
  if (provider === undefined) return undefined;
  const logger = provider.getLogger(scopeName, undefined, { schemaUrl });
  return (error, attributes, at = context.active()) => {
    const { name, message, stack } = error instanceof Error ? error : { name: "_OTHER", message: "", stack: undefined };
    logger.emit({
      ...warning,
      eventName: "db.client.operation.exception",
      context: at,
      attributes: {
        ...(attributes as Record<string, string | number | boolean>),
        "exception.type": name,
        "exception.message": message,
        ...(stack !== undefined && { "exception.stacktrace": stack }),
      },
    });
  };
}
