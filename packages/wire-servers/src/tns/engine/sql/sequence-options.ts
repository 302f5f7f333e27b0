import type { TokenStream } from "./token-stream.ts";

/** `START WITH 1 INCREMENT BY 1 CACHE 20`, until something else comes. */
export function sequenceOptions(stream: TokenStream): string {
  let text = "";
  for (;;) {
    if (stream.accept("START", "WITH")) text += ` START WITH ${wholeNumber(stream)}`;
    else if (stream.accept("INCREMENT", "BY")) text += ` INCREMENT BY ${wholeNumber(stream)}`;
    else if (stream.accept("MINVALUE")) text += ` MINVALUE ${wholeNumber(stream)}`;
    else if (stream.accept("MAXVALUE")) {
      const largest = BigInt(wholeNumber(stream));
      // Oracle's sequences go to 28 digits, PostgreSQL's to 2^63 - 1.
      if (largest < 2n ** 63n) text += ` MAXVALUE ${largest}`;
    } else if (stream.accept("CACHE")) wholeNumber(stream);
    else if (stream.accept("CYCLE")) text += " CYCLE";
    else if (
      ["NOCACHE", "NOCYCLE", "NOORDER", "ORDER", "NOMAXVALUE", "NOMINVALUE"].every((word) => !stream.accept(word))
    ) {
      return text;
    }
  }
}

function wholeNumber(stream: TokenStream): string {
  const sign = stream.accept("-") ? "-" : "";
  const token = stream.next();
  if (token.kind !== "number") throw stream.error(1722, "invalid number");
  return sign + token.value;
}
