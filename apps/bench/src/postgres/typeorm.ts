import { typeormOn } from "../servers/typeorm.ts";

/** TypeORM over pg. */
export const typeorm = typeormOn((url) => ({ type: "postgres", url, poolSize: 10 }), "timestamptz");
