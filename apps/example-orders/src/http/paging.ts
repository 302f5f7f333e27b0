import { type PageAfter, ParameterError } from "@nsj/mdb-core";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

/** What every route that lists takes. `after` is the `next` of the page before. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().optional(),
});

/** Reads a page; a cursor that somebody made up is the client's mistake. */
export async function onePage<Row extends object>(read: () => Promise<PageAfter<Row>>): Promise<PageAfter<Row>> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    throw new Refusal(400, "INVALID_CURSOR", "`after` is not the `next` of a page of this list");
  }
}
