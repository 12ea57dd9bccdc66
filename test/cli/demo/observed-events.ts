import type { Observed } from '../../../cli/demo/observed.ts';
import { reduce } from '../../../cli/demo/reduce.ts';
import { type DemoState, initialState } from '../../../cli/demo/state.ts';
import type { HistoryEntry, RolloutRecord } from '../../../core/rollout/record.ts';

/** Ten seconds before the first thing that is seen. */
export const startMs = 1_000_000;

export const scenario = { name: 'a-scenario', title: 'A version comes and goes', promises: ['T2'], service: 'checkout', stable: 'v1' };

const spec = {
  name: 'checkout',
  cluster: 'sandbox',
  namespace: 'shop',
  workload: { deployment: 'checkout', container: 'checkout' },
  image: { repository: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout' },
  router: { kind: 'istio', routes: [{ virtualService: 'shop' }] },
  steps: [
    { weight: 10, bake: '5s' },
    { weight: 50, bake: '10s' },
    { weight: 100, bake: '5s' },
  ],
  analysis: { interval: '1s', alarms: ['checkout-errors'] },
};

const record: RolloutRecord = {
  rolloutId: 'checkout-000001',
  rollout: 'checkout',
  fence: 1,
  phase: 'progressing',
  spec,
  specVersion: 1,
  image: { repository: spec.image.repository, digest: 'sha256:2', tag: 'v2', pushedAtMs: startMs },
  executionArn: 'arn',
  actor: { kind: 'push', id: 'event' },
  cluster: { name: 'sandbox', endpoint: 'http://localhost', certificateAuthority: '' },
  stableImage: 'v1',
  stableReplicas: 4,
  startedAtMs: startMs + 10_000,
  stepIndex: 0,
  split: { stable: 100, canary: 0 },
  safeSide: 'stable',
  pins: [],
  tallies: {},
  ignoredAlarms: [],
  restores: 0,
  rollbackAttempt: 0,
};

const at = (seconds: number) => startMs + seconds * 1000;

export const saved = (seconds: number, change: Partial<RolloutRecord> = {}): Observed => ({
  kind: 'record',
  atMs: at(seconds),
  record: { ...record, ...change },
});

export const told = (seconds: number, what: string, reason = 'Because.'): Observed => {
  const entry: HistoryEntry = {
    atMs: at(seconds),
    rolloutId: record.rolloutId,
    what,
    phase: 'progressing',
    stepIndex: 0,
    weight: 0,
    reason,
  };
  return { kind: 'history', atMs: at(seconds), entry };
};

export const answered = (seconds: number, version: string | undefined, failed = false): Observed => ({
  kind: 'answer',
  atMs: at(seconds),
  version,
  failed,
});

export const weight = (seconds: number, canary: number): Observed => ({ kind: 'weight', atMs: at(seconds), canary });
export const asked = (seconds: number): Observed => ({ kind: 'canaryRequest', atMs: at(seconds) });
export const second = (seconds: number): Observed => ({ kind: 'second', atMs: at(seconds) });
export const ready: Observed = { kind: 'ready', atMs: at(9) };
export const alarm = (seconds: number): Observed => ({
  kind: 'alarm',
  atMs: at(seconds),
  name: 'checkout-errors',
  state: 'alarm',
  reason: 'Threshold Crossed.',
});

export const analysed = (seconds: number, stepIndex: number, bakedMs: number): Observed =>
  saved(seconds, {
    stepIndex,
    split: { stable: 50, canary: 50 },
    watch: { stepIndex, startedAtMs: at(seconds - 1), bakedMs },
    analysis: {
      atMs: at(seconds),
      overall: { name: 'analysis', verdict: 'pass', reason: 'All 2 pass: canary, checkout-errors.' },
      verdicts: [
        { name: 'canary', verdict: 'pass', reason: 'The canary has 2 ready.' },
        { name: 'checkout-errors', verdict: 'pass', reason: 'checkout-errors is not in alarm.' },
      ],
    },
  });

/** Half of the answers at step 50, as many as a second brings. */
const halfAndHalf = (seconds: number, failed: boolean): Observed[] =>
  [0, 0.2, 0.4, 0.6].flatMap((later) => [answered(seconds + later, 'v1'), answered(seconds + later, 'v2', failed)]);

/** A rollout that is at weight 50 and well. */
export const atHalf: readonly Observed[] = [
  ready,
  saved(10),
  told(10, 'begun'),
  weight(10, 0),
  weight(11, 10),
  answered(11.5, 'v1'),
  second(12),
  weight(13, 50),
  ...halfAndHalf(13, false),
  second(14),
  analysed(14, 1, 4000),
];

/** The same, undone by an alarm. */
export const undone: readonly Observed[] = [
  ...atHalf,
  ...halfAndHalf(15, true),
  second(16),
  alarm(17),
  asked(17.1),
  saved(17.2, { phase: 'rollingBack', rollbackReason: 'alarm', stepIndex: 1 }),
  weight(17.2, 0),
  told(17.3, 'rollingBack'),
  { kind: 'quarantined', atMs: at(19), rolloutId: record.rolloutId },
  saved(19, { phase: 'rolledBack', rollbackReason: 'alarm', stepIndex: 1, endedAtMs: at(19) }),
  told(19, 'rolledBack'),
  { kind: 'ended', atMs: at(20), differences: [] },
];

export function stateAfter(events: readonly Observed[]): DemoState {
  return events.reduce(reduce, initialState(scenario, startMs));
}
