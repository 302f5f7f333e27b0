import type { DialectFacts, Statement } from "../driver/index.ts";
import { BoundValues } from "./bound-values.ts";
import type { Sql, TemplateContent } from "./fragment.ts";
import { bindShape, type FragmentShape, shapeOf } from "./fragment-shape.ts";
import type { StatementTarget } from "./parameter-error.ts";
import { sharedDialect } from "./shared-dialect.ts";
import { StatementWriter } from "./statement-writer.ts";

/** The text that a template gave, good for every use of it with fragments of the same shape. */
interface TemplatePlan {
  readonly dialect: DialectFacts;
  readonly text: string;
  readonly shape: FragmentShape;
}

/** Per template: a few, for several engines and for conditional fragments. */
const maxPlans = 8;
const plansOf = new WeakMap<TemplateStringsArray, TemplatePlan[]>();

/** Compiles a template; from its second use on by taking the values only, unless the fragments in it have changed. */
export function compileTemplate(statement: Sql, content: TemplateContent, target: StatementTarget): Statement {
  const dialect = sharedDialect(target.dialect);
  const plans = plansOf.get(content.strings);
  if (plans !== undefined) {
    for (const plan of plans) {
      if (plan.dialect !== dialect) continue;
      const bound = new BoundValues(target, plan.text);
      if (bindShape(plan.shape, content, bound)) return bound.statement(plan.text);
    }
  }
  const writer = new StatementWriter(target, content);
  writer.fragment(statement);
  const written = writer.finish();
  const shape = shapeOf(content);
  if (shape !== undefined) {
    const plan = { dialect, text: written.text, shape };
    if (plans === undefined) plansOf.set(content.strings, [plan]);
    else {
      if (plans.length === maxPlans) plans.shift();
      plans.push(plan);
    }
  }
  return written;
}
