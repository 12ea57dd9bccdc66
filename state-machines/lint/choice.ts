import * as z from 'zod/mini';
import type { Kind, Shape } from './fields.ts';

/** What a Choice rule reads, with the kind that its comparison takes. */
export interface Read {
  readonly path: string;
  readonly kind: Kind;
}

const comparison = z.looseObject({ Variable: z.string() });
const combination = z.union([
  z.pipe(
    z.looseObject({ Or: z.array(z.unknown()) }),
    z.transform(({ Or }) => ({ any: true, rules: Or })),
  ),
  z.pipe(
    z.looseObject({ And: z.array(z.unknown()) }),
    z.transform(({ And }) => ({ any: false, rules: And })),
  ),
  z.pipe(
    z.looseObject({ Not: z.unknown() }),
    z.transform(({ Not }) => ({ any: false, rules: [Not] })),
  ),
]);

export function readsOf(rule: unknown): Read[] {
  const combined = combination.safeParse(rule);
  if (combined.success) return combined.data.rules.flatMap(readsOf);
  const { Variable, ...operators } = comparison.parse(rule);
  return [{ path: Variable, kind: kindOf(Object.keys(operators)) }];
}

/** The outcomes that a rule lets through, where it asks for nothing but those. */
export function outcomesOf(rule: unknown): readonly string[] | undefined {
  const combined = combination.safeParse(rule);
  if (combined.success) {
    const each = combined.data.rules.map(outcomesOf);
    return combined.data.any && each.every((outcomes) => outcomes !== undefined) ? each.flat() : undefined;
  }
  const asked = z.looseObject({ Variable: z.literal('$.outcome'), StringEquals: z.string() }).safeParse(rule);
  return asked.success ? [asked.data.StringEquals] : undefined;
}

/** Whether a shape can take a rule, given what the rule lets through. */
export function canTake(shape: Shape, outcomes: readonly string[] | undefined): boolean {
  return shape.outcome === undefined || outcomes === undefined || outcomes.includes(shape.outcome);
}

function kindOf(operators: readonly string[]): Kind {
  if (operators.some((operator) => operator.startsWith('String') || operator.startsWith('Timestamp'))) return 'string';
  return operators.some((operator) => operator.startsWith('Numeric')) ? 'number' : 'anything';
}
