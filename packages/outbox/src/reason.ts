import { isMdbError } from "@nsj/mdb-core";

const plainCode = /^[A-Za-z0-9_.-]{1,60}$/;

/** What is kept of an error, its name and its code: messages of drivers may hold values. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error) && !isMdbError(error)) return typeof error;
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && plainCode.test(code) ? `${error.name} ${code}` : error.name;
}
