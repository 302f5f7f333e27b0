import { typeormOn } from "../servers/typeorm.ts";
import { optionsOf } from "./mysql2.ts";

/** TypeORM over mysql2. */
export const typeorm = typeormOn((url) => {
  const { user: username, ...rest } = optionsOf(url);
  return { ...rest, type: "mariadb", username, poolSize: 10 };
}, "datetime");
