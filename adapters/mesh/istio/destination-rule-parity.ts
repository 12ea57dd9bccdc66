import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../../../core/preflight/finding.ts';
import type { TrafficPolicy } from './destination-rule.ts';

/** One side of a rollout, as a rule of the user's names it, and what that rule says of it. */
export interface RuledSide {
  /** As a reader finds it: `subset canary`, `checkout-canary`. */
  readonly name: string;
  readonly policy: TrafficPolicy;
}

const compared = ['connectionPool', 'outlierDetection', 'loadBalancer', 'portLevelSettings'] as const;

/**
 * Where the user's own rules treat the two sides differently. Another TLS mode is a refusal: one side would be spoken to in plain text, or in
 * a way that it does not understand, and the verdict would be on that. Another policy is a warning.
 */
export function parityFindings(subject: string, stable: RuledSide, canary: RuledSide): Finding[] {
  const modes = { stable: tlsMode(stable.policy), canary: tlsMode(canary.policy) };
  const tls: Finding[] =
    modes.stable === modes.canary
      ? []
      : [
          {
            severity: 'refusal',
            subject,
            message: `TLS to ${canary.name} is ${modes.canary}, and to ${stable.name} ${modes.stable}.`,
            remedy: 'Give both sides one trafficPolicy.tls.mode.',
          },
        ];
  const differing = compared.filter((field) => !isDeepStrictEqual(stable.policy[field], canary.policy[field]));
  if (differing.length === 0) return tls;
  return [
    ...tls,
    {
      severity: 'warning',
      subject,
      message: `${differing.join(', ')} of ${canary.name} and of ${stable.name} are not the same, so the two sides are not judged alike.`,
      remedy: 'Give both sides the same trafficPolicy.',
    },
  ];
}

/** Without a mode Istio uses its own mTLS wherever the other end has a proxy, so that comes to the same. */
function tlsMode(policy: TrafficPolicy): string {
  const tls = policy['tls'];
  const mode = typeof tls === 'object' && tls !== null && 'mode' in tls ? tls.mode : undefined;
  return typeof mode === 'string' ? mode : 'ISTIO_MUTUAL';
}
