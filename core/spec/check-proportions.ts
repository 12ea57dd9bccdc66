import type { UnplacedProblem } from './problems-of.ts';
import { isProportion, type RolloutSpec } from './rollout-spec.ts';
import { isOfConnections } from './router-spec.ts';

const mostProportions = 10;

/** Refuses successRate and latency where no mesh counts what they compare. */
export function checkProportions({ analysis, router }: RolloutSpec): UnplacedProblem[] {
  const count = analysis.metrics.filter(isProportion).length;
  if (count > mostProportions) {
    const hint = 'what was counted for each is kept with the rollout, and asked for by four queries at each interval';
    const expected = `at most ${mostProportions} of successRate and latency`;
    return [{ code: 'outOfRange', path: ['analysis', 'metrics'], found: `${count}`, expected, hint, at: 'key' }];
  }
  const why = whyUncounted({ analysis, router });
  if (why === undefined) return [];
  return analysis.metrics.flatMap((metric, index): UnplacedProblem[] => {
    if (!isProportion(metric)) return [];
    const found = metric.bad.kind === 'failed' ? 'successRate' : 'latency';
    return [{ code: 'rule', path: ['analysis', 'metrics', index], found, ...why }];
  });
}

function whyUncounted({ analysis, router }: Pick<RolloutSpec, 'analysis' | 'router'>): { expected: string; hint: string } | undefined {
  if (router.routes.every(isOfConnections)) {
    const hint = 'a mesh sees no answers in tcp and tls routes: ask by a query for what the workload itself counts';
    return { expected: 'a query', hint };
  }
  if (typeof analysis.telemetry === 'object') {
    const hint = 'they count by the usual series of the mesh, and analysis.telemetry says that others tell: ask those by a query';
    return { expected: 'a query', hint };
  }
  return undefined;
}
