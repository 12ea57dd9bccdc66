import { stringify } from 'yaml';
import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { RunNames } from './names.ts';

/** The first step: long enough for an alarm of ten seconds to be judged, and for an execution to be stopped, while it bakes. */
export const bakeSeconds = 120;
/** The canary's weight at that step. */
export const bakeWeight = 50;

export interface SpecFacts {
  readonly cluster: string;
  /** With its registry. */
  readonly repositoryUri: string;
}

/**
 * The spec that all stories share. The alarm alone judges, so that no load and no Prometheus is needed. A rollout by it takes about three
 * minutes.
 */
export function specOf(names: RunNames, { cluster, repositoryUri }: SpecFacts): RolloutSpecSource {
  const { service, namespace, alarm, tagPattern } = names;
  return {
    name: service,
    cluster,
    namespace,
    workload: { deployment: service, container: service },
    image: { repository: repositoryUri, tags: [tagPattern] },
    router: { kind: 'istio', routes: [{ virtualService: service, http: service }] },
    steps: [
      { weight: bakeWeight, bake: `${bakeSeconds}s` },
      { weight: 100, bake: '20s' },
    ],
    analysis: { interval: '5s', alarms: [alarm] },
    deadlines: { ready: '5m', drain: '5s', rollout: '20m' },
  };
}

export function specText(source: RolloutSpecSource): string {
  return stringify(source);
}
