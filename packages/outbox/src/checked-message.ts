import { randomUUID } from "node:crypto";
import { types } from "node:util";
import { checkOptions, type OptionRules } from "@nsj/mdb-core";
import { digestOf } from "./digest.ts";
import { jsonOf } from "./json-of.ts";
import type { AddOptions, NewMessage } from "./message.ts";

/** A message that fits, before it is written. */
export interface CheckedMessage {
  readonly id: string;
  readonly topic: string;
  readonly key: string | null;
  readonly body: string | Uint8Array;
  readonly notBefore: number;
  /** What stands for it. */
  readonly dedupeKey: string | undefined;
  readonly traceparent: string | null;
}

const longestTopic = 100;
const longestKey = 200;
const traceContext = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What is not known would be left out in silence: a key, and with it the order; a dedupeKey. */
const names: ReadonlySet<string> = new Set<keyof NewMessage>([
  "topic",
  "key",
  "body",
  "availableAt",
  "dedupeKey",
  "traceparent",
]);

const addRules: OptionRules<AddOptions> = { serialize: { type: "boolean" } };

/** @throws ConfigurationError for an unknown option or a wrong value */
export function checkAddOptions(options: AddOptions): AddOptions {
  checkOptions<AddOptions>("add", options, addRules);
  return options;
}

/**
 * @param current - gives the trace context of the caller; what is none is left out
 * @throws RangeError for what does not fit, TypeError for what JSON cannot hold
 */
export function checkMessage(message: NewMessage, current: (() => string | undefined) | undefined): CheckedMessage {
  if (typeof message !== "object" || message === null) throw new TypeError("a message is an object");
  for (const name of Object.keys(message)) {
    if (!names.has(name)) throw new TypeError(`a message has no ${JSON.stringify(name)}`);
  }
  const { topic, key, body, availableAt, dedupeKey, traceparent } = message;
  checkLength("topic", topic, longestTopic);
  if (key !== undefined) checkLength("key", key, longestKey);
  if (dedupeKey !== undefined) checkLength("dedupeKey", dedupeKey, longestKey);
  if (traceparent !== undefined && !traceContext.test(traceparent)) {
    throw new RangeError("the traceparent of a message is none: 00-<32 hex digits>-<16 hex digits>-<2 hex digits>");
  }
  if (availableAt !== undefined && !types.isDate(availableAt)) {
    throw new TypeError("the availableAt of a message is a Date");
  }
  const notBefore = availableAt?.getTime() ?? 0;
  if (Number.isNaN(notBefore)) throw new RangeError("the availableAt of a message is no moment");
  const found = traceparent ?? current?.();
  return {
    id: randomUUID(),
    topic,
    key: key ?? null,
    body: body instanceof Uint8Array ? body : jsonOf("the body of a message", body),
    notBefore,
    dedupeKey: dedupeKey === undefined ? undefined : digestOf(dedupeKey),
    traceparent: found !== undefined && traceContext.test(found) ? found : null,
  };
}

function checkLength(what: string, text: string, longest: number): void {
  if (typeof text !== "string") throw new TypeError(`the ${what} of a message is a string`);
  if (text.length > 0 && text.length <= longest) return;
  throw new RangeError(`the ${what} of a message has 1 to ${longest} characters, not ${text.length}`);
}
