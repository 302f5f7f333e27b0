import { z } from "zod";
import { idParams } from "../http/id-params.ts";
import { pageQuery } from "../http/paging.ts";
import type { Routes } from "../http/validation.ts";
import { ProductDao } from "./product-dao.ts";
import { recount } from "./recount.ts";

const version = z.int32().positive();
const changes = z.strictObject({
  /** The one that was read: a change of what somebody else has changed meanwhile is refused with a 409. */
  version,
  name: z.string().trim().min(1).max(200).exactOptional(),
  priceCents: z.int32().nonnegative().exactOptional(),
  stock: z.int32().nonnegative().exactOptional(),
});

const counted = z.strictObject({
  stock: z.int32().nonnegative(),
  reason: z.string().trim().min(1).max(500),
});

export const productRoutes: Routes = async (app) => {
  const products = new ProductDao(app.databases.database("orders"));

  app.get("/", { schema: { querystring: pageQuery } }, ({ query, clientGone }) =>
    products.pageAfter({ ...query, orderBy: { name: "asc" } }, { signal: clientGone }),
  );

  app.patch("/:id", { schema: { params: idParams, body: changes } }, ({ params, body, clientGone }) =>
    products.update(params.id, body, { signal: clientGone }),
  );

  // Two databases, all or nothing.
  app.post("/:id/recount", { schema: { params: idParams, body: counted } }, ({ params, body, clientGone }) =>
    recount(app.databases, params.id, body, clientGone),
  );
};
