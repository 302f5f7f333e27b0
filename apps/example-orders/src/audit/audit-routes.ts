import { pageQuery } from "../http/paging.ts";
import type { Routes } from "../http/validation.ts";
import { EventDao } from "./event-dao.ts";

export const auditRoutes: Routes = async (app) => {
  const events = new EventDao(app.databases.database("audit"));

  app.get("/", { schema: { querystring: pageQuery } }, ({ query, clientGone }) =>
    events.pageAfter({ ...query, orderBy: { id: "desc" } }, { signal: clientGone }),
  );
};
