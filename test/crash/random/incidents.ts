import fc from 'fast-check';
import { type FaultKind, writeFaults } from '../faults.ts';

/** What somebody does, or what becomes of the cluster, so many seconds after the first push. */
export const deeds = [
  'push v3',
  'push v4',
  'abort',
  'pause',
  'resume',
  'promote',
  'alarm fires',
  'alarm recovers',
  'stop the rollout',
  'stop the rollback',
  'edit the weights',
  'replace the route',
  'undo the pin',
  'scale stable down',
  'delete the canary',
] as const;
export type Deed = (typeof deeds)[number];

/** Whose next event is harmed, and how. */
export const events = ['push', 'alarm', 'death'] as const;
export const harms = ['lost', 'three times', 'late'] as const;

export type Incident =
  /** The `nth` effect of the run, counted through all Lambdas. */
  | { readonly fault: FaultKind; readonly nth: number }
  | { readonly deed: Deed; readonly afterSeconds: number }
  | { readonly event: (typeof events)[number]; readonly harm: (typeof harms)[number] };

export interface Mischief {
  readonly newImage: 'supersede' | 'queue' | 'refuse';
  readonly outsideEdit: 'restore' | 'abort' | 'halt';
  readonly incidents: readonly Incident[];
}

const fault = fc.record({ fault: fc.constantFrom(...writeFaults), nth: fc.integer({ min: 1, max: 400 }) });
const deed = fc.record({ deed: fc.constantFrom(...deeds), afterSeconds: fc.integer({ min: 0, max: 160 }).map((quarter) => quarter / 4) });
const event = fc.record({ event: fc.constantFrom(...events), harm: fc.constantFrom(...harms) });

/** Up to seven incidents; fewer, and plainer ones, as it shrinks. */
export const mischief: fc.Arbitrary<Mischief> = fc.record({
  newImage: fc.constantFrom('supersede', 'queue', 'refuse'),
  outsideEdit: fc.constantFrom('restore', 'abort', 'halt'),
  incidents: fc.array(fc.oneof({ arbitrary: fault, weight: 3 }, { arbitrary: deed, weight: 3 }, { arbitrary: event, weight: 1 }), {
    minLength: 1,
    maxLength: 7,
  }),
});

export function incidentText(incident: Incident): string {
  if ('fault' in incident) return `${incident.fault} at effect ${incident.nth}`;
  return 'deed' in incident ? `${incident.deed} after ${incident.afterSeconds} s` : `the next ${incident.event} event is ${incident.harm}`;
}
