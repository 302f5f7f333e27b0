import { z } from "zod";

/** What every route that lists takes. `after` is the `next` of the page before; one that somebody made up is a 400 by itself. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: z.string().optional(),
});
