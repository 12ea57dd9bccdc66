import type { SpecProblem } from '../../../core/spec/diagnostic.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import type { RolloutSpec } from '../../../core/spec/rollout-spec.ts';

/** A spec that holds, as text; each test changes the part that it is about. */
export const specText = `name: checkout
cluster: shop-production
namespace: shop
workload:
  deployment: checkout
  container: app
image:
  repository: registry.example.com/shop/checkout
router:
  kind: istio
  routes:
    - virtualService: checkout
steps:
  - weight: 10
    bake: 2m
  - weight: 100
    bake: 5m
analysis:
  alarms:
    - checkout-errors
`;

/** Replaces one line, or a part of it; fails where the text does not contain it. */
export function changed(from: string, to: string, text = specText): string {
  if (!text.includes(from)) throw new Error(`the spec does not contain ${from}`);
  return text.replace(from, () => to);
}

/** The spec with other steps. */
export function withSteps(steps: string): string {
  return specText.replace(/steps:\n(?: .*\n)*/, () => steps);
}

/** The spec with another analysis. */
export function withAnalysis(analysis: string): string {
  return specText.replace(/analysis:\n(?: .*\n)*/, () => analysis);
}

/** The spec with another router, given without its first line, and with more at the end. */
export function withRouter(router: string, more = '', text = specText): string {
  return text.replace(/router:\n(?: .*\n)*/, () => `router:\n${router}`) + more;
}

export const specFile = 'rollouts/checkout.yaml';

/** What is wrong with a spec, nothing where it holds. */
export function problemsIn(text: string, file = specFile): readonly SpecProblem[] {
  const parsed = parseSpec(text, file);
  return parsed.ok ? [] : parsed.problems;
}

/** The metrics of a spec that holds. */
export function metricsIn(text: string): RolloutSpec['analysis']['metrics'] {
  const parsed = parseSpec(text, specFile);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.spec.analysis.metrics;
}
