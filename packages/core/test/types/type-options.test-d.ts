import type { TypeOptions, typeDefaults } from "../../src/types/index.ts";
import type { bigintForms } from "../../src/types/type-options.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<A, B>(_proof: Equal<A, B>): void {}

is<NonNullable<TypeOptions["bigint"]>, (typeof bigintForms)[number]>(true);
is<NonNullable<TypeOptions["bigint"]>, "auto" | "number" | "bigint" | "string">(true);
is<NonNullable<TypeOptions["timestamp"]>, "date" | "string">(true);
is<typeof typeDefaults, Required<TypeOptions>>(true);

const fine: TypeOptions = { bigint: "string", columnCase: "driver" };
// @ts-expect-error no such form
const wrong: TypeOptions = { bigint: "float" };
// @ts-expect-error no such option
const unknown: TypeOptions = { bigInt: "auto" };

export { fine, unknown, wrong };
