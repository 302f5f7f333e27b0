import { z } from "zod";

/** The `:id` of a route. */
export const idParams = z.object({ id: z.coerce.number().int().positive().max(2_147_483_647) });
