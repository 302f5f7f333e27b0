import type { DialectFacts, Statement } from "../driver/index.ts";
import { BoundValues } from "./bound-values.ts";
import { contentOf, isSql, type Sql, type TemplateContent } from "./fragment.ts";
import type { StatementTarget } from "./parameter-error.ts";
import { sharedDialect } from "./shared-dialect.ts";
import { StatementWriter } from "./statement-writer.ts";

/** The text that a template gave, good for as long as the fragments in its gaps are the same ones. */
interface TemplatePlan {
  readonly dialect: DialectFacts;
  readonly text: string;
  /** Per gap, the fragment that stood there; `undefined` for a value. */
  readonly fragments: readonly (Sql | undefined)[];
}

/** Per template: a few, for several engines and for conditional fragments. */
const maxPlans = 8;
const plansOf = new WeakMap<TemplateStringsArray, TemplatePlan[]>();

/** Compiles a template; from its second use on without touching the text, unless a fragment within it carries values. */
export function compileTemplate(statement: Sql, content: TemplateContent, target: StatementTarget): Statement {
  const dialect = sharedDialect(target.dialect);
  const plans = plansOf.get(content.strings);
  if (plans !== undefined) {
    for (const plan of plans) {
      const bound = plan.dialect === dialect ? bind(plan, content.values, target) : undefined;
      if (bound !== undefined) return bound;
    }
  }
  const writer = new StatementWriter(target, content);
  writer.fragment(statement);
  const written = writer.finish();
  remember(content, written, dialect, plans);
  return written;
}

function remember(
  content: TemplateContent,
  { text, values }: Statement,
  dialect: DialectFacts,
  plans: TemplatePlan[] | undefined,
): void {
  const fragments = content.values.map((value) => (isSql(value) ? value : undefined));
  const ownValues = fragments.filter((fragment) => fragment === undefined).length;
  // Values of inner fragments have no gap of their own, so such a text cannot be bound by gaps.
  if (values.length !== ownValues) return;
  const plan = { dialect, text, fragments };
  if (plans === undefined) plansOf.set(content.strings, [plan]);
  else {
    if (plans.length === maxPlans) plans.shift();
    plans.push(plan);
  }
}

/** The statement, or `undefined` when the plan is not for these fragments. */
function bind(plan: TemplatePlan, items: readonly unknown[], target: StatementTarget): Statement | undefined {
  const { fragments, text } = plan;
  const bound = new BoundValues(target, text);
  for (let index = 0; index < fragments.length; index++) {
    const fragment = fragments[index];
    const item = items[index];
    if (fragment === undefined) {
      if (isSql(item)) return undefined;
      bound.add(item);
    } else if (item !== fragment && !sameText(item, fragment)) return undefined;
  }
  return bound.statement(text);
}

/** Whether two fragments without values give the same text: names and templates are often made anew at each call. */
function sameText(item: unknown, fragment: unknown): boolean {
  if (item === fragment) return true;
  if (!isSql(item) || !isSql(fragment)) return false;
  const a = contentOf(item);
  const b = contentOf(fragment);
  if (a.kind === "identifier" && b.kind === "identifier") return sameItems(a.parts, b.parts, (x, y) => x === y);
  if (a.kind === "raw" && b.kind === "raw") return a.text === b.text;
  if (a.kind === "template" && b.kind === "template") {
    return a.strings === b.strings && sameItems(a.values, b.values, sameText);
  }
  return false;
}

function sameItems(a: readonly unknown[], b: readonly unknown[], same: (x: unknown, y: unknown) => boolean): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!same(a[index], b[index])) return false;
  return true;
}
