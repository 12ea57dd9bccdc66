import * as z from 'zod/mini';
import { labelSelector, selects } from '../label-selector.ts';
import type { Policy } from '../parity.ts';
import { metadata, subjectOf } from './policy-metadata.ts';

export const linkerdServer = z.looseObject({ metadata, spec: z.looseObject({ podSelector: z.nullish(labelSelector) }) });
export type LinkerdServer = z.infer<typeof linkerdServer>;

/** A port of stable's pods with those who may call it. One without a selector of pods is of workloads outside of the cluster. */
export function linkerdServers(found: readonly LinkerdServer[]): Policy[] {
  return found.flatMap(({ metadata, spec: { podSelector, ...says } }) => {
    if (podSelector === undefined || podSelector === null) return [];
    return [
      {
        subject: subjectOf('Server', metadata),
        covers: (pods) => selects(podSelector, pods),
        says,
        severity: 'refusal' as const,
        without: "falls under the cluster's default policy, which may refuse stable's callers or serve others",
        selectorPath: ['spec', 'podSelector'],
      },
    ];
  });
}
