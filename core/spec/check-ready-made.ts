import type { UnplacedProblem } from './problems-of.ts';
import { isSaturation, type RolloutSpec } from './rollout-spec.ts';
import { isOfConnections } from './router-spec.ts';

/** Refuses saturation and throughput where no series could tell them. */
export function checkReadyMade(spec: RolloutSpec): UnplacedProblem[] {
  const longName = whyUnfound(spec);
  const uncounted = whyUncounted(spec);
  return spec.analysis.metrics.flatMap((metric, index): UnplacedProblem[] => {
    const path = ['analysis', 'metrics', index];
    if ('throughputOf' in metric && uncounted !== undefined) {
      return [{ code: 'rule', path: [...path, 'throughput'], ...uncounted, at: 'key' }];
    }
    if (isSaturation(metric) && longName !== undefined) {
      return [{ code: 'rule', path: [...path, 'saturation'], ...longName, at: 'key' }];
    }
    return [];
  });
}

interface Why {
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
}

/**
 * A Pod's name is its ReplicaSet's and a hyphen, shortened to 58 characters, and five more: k8s.io/apiserver/pkg/storage/names. A ReplicaSet's is its
 * Deployment's, a hyphen and up to ten characters.
 */
const longestDeployment = 58 - 1 - 10 - 1;

function whyUnfound({ workload }: RolloutSpec): Why | undefined {
  const longest = longestDeployment - '-canary'.length;
  if (workload.deployment.length <= longest) return undefined;
  const hint =
    "Kubernetes shortens the names of this one's Pods, by which their series are found: ask by a query for what the workload itself tells";
  return { found: `a Deployment whose name has ${workload.deployment.length} characters`, expected: `at most ${longest}`, hint };
}

function whyUncounted({ analysis, router }: RolloutSpec): Why | undefined {
  const expected = 'a query';
  if (analysis.telemetry === 'off') {
    const hint = 'it is counted by the series that analysis.telemetry switches off: name others there, or ask by a query';
    return { found: 'throughput without telemetry', expected, hint };
  }
  if (!router.routes.every(isOfConnections) || analysis.telemetry !== undefined) return undefined;
  const hint = 'a mesh sees no requests in tcp and tls routes: ask by a query for what the workload itself counts';
  return { found: 'throughput of connections', expected, hint };
}
