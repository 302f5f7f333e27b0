import { sql } from "@nsj/mdb-core";

export const misspelt = sql<{ id: number; itme: string }>`select id, itme from orders`;
export const wrongType = sql<{ id: string }>`select id from orders`;
export const noType = sql`select id, total from orders`;
export const wrongValue = sql<{ id: number }>`select id from orders where id = ${new Date()}`;
