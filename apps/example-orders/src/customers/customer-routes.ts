import { z } from "zod";
import { pageQuery } from "../http/paging.ts";
import type { Routes } from "../http/validation.ts";
import { CustomerDao } from "./customer-dao.ts";

const newCustomer = z.strictObject({ email: z.email().max(200), name: z.string().trim().min(1).max(200) });

export const customerRoutes: Routes = async (app) => {
  const customers = new CustomerDao(app.databases.database("orders"));

  app.get("/", { schema: { querystring: pageQuery } }, ({ query, clientGone }) =>
    customers.pageAfter({ ...query, orderBy: { id: "asc" } }, { signal: clientGone }),
  );

  // An address that is taken needs no code here: the violated constraint is a 409.
  app.post("/", { schema: { body: newCustomer } }, async (request, reply) => {
    reply.code(201);
    return customers.insert(request.body, { signal: request.clientGone });
  });
};
