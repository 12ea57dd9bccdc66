import type { Finding } from '../../../core/preflight/finding.ts';
import { rolloutAnnotation } from '../workload/names.ts';

/** An object that bears a name which the canary's is to have. */
export interface NamedAlready {
  /** `Service shop/checkout-canary`. */
  readonly subject: string;
  readonly annotations: Readonly<Record<string, string>> | null | undefined;
}

/** Those that the rollout did not make: they would not be touched, so the canary could not be made. What an earlier run left is taken over. */
export function nameTakenFindings(found: readonly NamedAlready[], rollout: string): Finding[] {
  return found
    .filter(({ annotations }) => annotations?.[rolloutAnnotation] !== rollout)
    .map(({ subject }) => ({
      severity: 'refusal' as const,
      subject,
      message: `It exists already, and rollout ${rollout} did not make it.`,
      remedy: 'Rename or remove it: Sluice needs that name for the canary, and touches nothing that it did not create.',
    }));
}
