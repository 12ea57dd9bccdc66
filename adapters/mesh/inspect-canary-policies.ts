import type { KubernetesApi, RouteTarget } from '../../core/ports.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import type { Resilience } from '../../core/spec/resilience-spec.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import { inspectDestinationRules } from './istio/destination-rule-findings.ts';
import { inspectOutlierDetection } from './istio/destination-rule-outlier-detection.ts';

/**
 * What speaks against the policies that a rollout makes for its canary's host (canary-policies.ts), or is to be known of those that it copies. A
 * router's own `inspect` knows the routes, and not what the spec asks for; what Istio's says of DestinationRules already is not said again.
 *
 * @throws ClusterUnavailableError
 */
export async function inspectCanaryPolicies(
  kind: RouterKind,
  api: KubernetesApi,
  target: RouteTarget,
  resilience: Resilience | undefined,
): Promise<Finding[]> {
  const asked = kind === 'istio' && resilience?.outlierDetection !== undefined ? await inspectOutlierDetection(api, target) : [];
  const copied = kind === 'gatewayApi' ? await inspectDestinationRules(api, target) : [];
  return [...asked, ...copied];
}
