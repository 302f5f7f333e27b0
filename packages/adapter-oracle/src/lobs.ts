import type { NativeLob } from "./native.ts";

/** Says whether a value is a LOB of the driver. */
export function isLob(value: unknown): value is NativeLob {
  return typeof value === "object" && value !== null && typeof (value as Partial<NativeLob>).getData === "function";
}

/** The content of a LOB; an empty one is no NULL. */
export async function readLob(lob: NativeLob): Promise<string | Buffer> {
  const data = await lob.getData();
  if (data !== null) return data;
  return (lob as { readonly type?: { readonly name?: string } }).type?.name === "DB_TYPE_BLOB" ? Buffer.alloc(0) : "";
}
