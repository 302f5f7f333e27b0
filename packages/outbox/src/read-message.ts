import type { Message } from "./message.ts";

/** The columns of which {@link readMessage} makes a message, wherever it lies. */
export const readColumns = "message_id, topic, message_key, body, body_bytes, traceparent";

/** A message, and whether it can be handed over: somebody else may have written something into the outbox that is no JSON. */
export interface ReadMessage extends Message {
  readonly isReadable: boolean;
}

/** A message from its {@link readColumns}. What is no JSON in the place of a body is given as it lies there. */
export function readMessage([id, topic, key, text, bytes, traceparent]: readonly unknown[]): ReadMessage {
  return {
    id: String(id),
    topic: String(topic),
    key: key === null ? undefined : String(key),
    ...(text === null ? { body: bytes, isReadable: true } : parsed(String(text))),
    traceparent: traceparent === null ? undefined : String(traceparent),
  };
}

function parsed(text: string): Pick<ReadMessage, "body" | "isReadable"> {
  try {
    return { body: JSON.parse(text), isReadable: true };
  } catch {
    return { body: text, isReadable: false };
  }
}
