import type {
  FastifyPluginAsync,
  FastifyPluginOptions,
  FastifySchemaCompiler,
  FastifyTypeProvider,
  RawServerDefault,
} from "fastify";
import type { z } from "zod";
import { Refusal } from "./refusal.ts";

interface ZodTypes extends FastifyTypeProvider {
  readonly validator: this["schema"] extends z.ZodType ? z.output<this["schema"]> : unknown;
}

/** Routes whose schemas are zod's: what a handler gets is what they give. */
export type Routes = FastifyPluginAsync<FastifyPluginOptions, RawServerDefault, ZodTypes>;

/** Checks a part of a request; what is wrong with it is told field by field. */
export const zodValidator: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (input: unknown) => {
    const result = schema.safeParse(input);
    if (result.success) return { value: result.data };
    const issues = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
    return { error: new Refusal(400, "INVALID_REQUEST", `the ${httpPart} of the request is wrong`, { issues }) };
  };
};
