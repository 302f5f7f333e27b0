import { AsyncLocalStorage } from "node:async_hooks";
import { tracingChannel } from "node:diagnostics_channel";
import { type Context, context } from "@opentelemetry/api";

/**
 * Stands for OpenTelemetry's own storage, which has no public way to it: what is to run with a value runs with OpenTelemetry's context instead.
 * https://github.com/open-telemetry/opentelemetry-js/issues/6088
 */
class ContextStorage extends AsyncLocalStorage<Context> {
  override run<R>(store: Context, work: () => R): R;
  override run<R, Arguments extends unknown[]>(
    store: Context,
    work: (...given: Arguments) => R,
    ...given: Arguments
  ): R;
  override run(store: Context, work: (...given: unknown[]) => unknown, ...given: unknown[]): unknown {
    return context.with(store, work as (...given: unknown[]) => never, undefined, ...given);
  }
}

/**
 * What the events of a channel surround runs in the context that `contextOf` gives. Where there is no context manager it runs as ever. @returns to
 * be called to end that
 */
export function bindContext<Event extends object>(name: string, contextOf: (event: Event) => Context): () => void {
  const { start } = tracingChannel<unknown, Event>(name);
  const storage = new ContextStorage();
  start.bindStore(storage, contextOf);
  return () => start.unbindStore(storage);
}
