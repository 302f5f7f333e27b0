import { z } from "zod";

/** What a client orders. */
export const newOrder = z.strictObject({
  customerId: z.int32().positive(),
  lines: z
    .array(z.strictObject({ productId: z.int32().positive(), quantity: z.int32().min(1).max(1_000) }))
    .min(1)
    .max(100)
    .refine((lines) => new Set(lines.map(({ productId }) => productId)).size === lines.length, {
      error: "each product may stand on one line only",
    }),
});

export type NewOrder = z.output<typeof newOrder>;
