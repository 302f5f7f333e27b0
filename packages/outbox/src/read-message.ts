import type { Message } from "./message.ts";

/** The columns of which {@link readMessage} makes a message, wherever it lies. */
export const readColumns = "message_id, topic, message_key, body, body_bytes, traceparent";

/** A message from its {@link readColumns}. */
export function readMessage([id, topic, key, text, bytes, traceparent]: readonly unknown[]): Message {
  return {
    id: String(id),
    topic: String(topic),
    key: key === null ? undefined : String(key),
    body: text === null ? bytes : JSON.parse(String(text)),
    traceparent: traceparent === null ? undefined : String(traceparent),
  };
}
