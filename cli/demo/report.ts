import * as z from 'zod/mini';
import { verdict } from '../../core/analysis/verdict.ts';
import { actor, phase, rollbackReason } from '../../core/rollout/record.ts';

/** The file that `--json` writes. All times are whole milliseconds since the Unix epoch, on the clock of the demo. */

const atMs = z.int();

/** Answers to the load, by the version that gave them. */
const requests = z.record(z.string(), z.strictObject({ served: z.int(), failed: z.int() }));

const analysis = z.strictObject({
  atMs,
  stepIndex: z.int(),
  weight: z.int(),
  overall: verdict,
  verdicts: z.array(verdict),
});

/** One line of a rollout's history, as the store holds it. */
const transition = z.strictObject({
  atMs,
  what: z.string(),
  phase,
  weight: z.int(),
  reason: z.string(),
  actor: z.optional(actor),
});

export const rolloutReport = z.strictObject({
  rolloutId: z.string(),
  tag: z.string(),
  totalWeight: z.int(),
  steps: z.array(z.strictObject({ weight: z.int(), bakeSeconds: z.number() })),
  stepIndex: z.int(),
  /** How long the step has baked so far. */
  bakedMs: z.number(),
  phase,
  /** Of the rollback, where there was one. */
  reason: z.optional(rollbackReason),
  why: z.optional(z.string()),
  startedAtMs: atMs,
  endedAtMs: z.optional(atMs),
  /** The canary's weight, each time that the route was written with another. */
  weights: z.array(z.strictObject({ atMs, canary: z.int() })),
  /** Once a second: the share of totalWeight that was set for the new version, and the share that it had of the answers. */
  shares: z.array(z.strictObject({ atMs, set: z.number(), measured: z.nullable(z.number()) })),
  analyses: z.array(analysis),
  transitions: z.array(transition),
  alarms: z.array(z.strictObject({ atMs, name: z.string(), state: z.enum(['ok', 'alarm', 'insufficientData']), reason: z.string() })),
  /** The new version's first answer of 500 or more. */
  firstBadAnswerAtMs: z.optional(atMs),
  /** The first event that an alarm went into ALARM. */
  alarmAtMs: z.optional(atMs),
  /** The route was written with weight 0 for the canary, for the rollback. */
  stableWrittenAtMs: z.optional(atMs),
  /** The last new request that the proxy gave the canary. */
  lastCanaryRequestAtMs: z.optional(atMs),
  requests,
  quarantined: z.boolean(),
});
export type RolloutReport = z.infer<typeof rolloutReport>;

export const tone = z.enum(['quiet', 'good', 'doubtful', 'bad']);
export type Tone = z.infer<typeof tone>;

export const scenarioReport = z.strictObject({
  scenario: z.string(),
  title: z.string(),
  service: z.string(),
  /** The version that stable ran at the start. */
  stable: z.string(),
  startedAtMs: atMs,
  endedAtMs: z.optional(atMs),
  requests,
  /** Requests that got no answer from any version. */
  unanswered: z.int(),
  /** The same counts as they stood at each second. */
  seconds: z.array(z.strictObject({ atMs, requests })),
  rollouts: z.array(rolloutReport),
  /** What was told, line by line. */
  story: z.array(z.strictObject({ atMs, tone, text: z.string() })),
  /** Where the outcome was not as the scenario states; empty where all was. */
  differences: z.array(z.string()),
});
export type ScenarioReport = z.infer<typeof scenarioReport>;
export type StoryLine = ScenarioReport['story'][number];

export const demoReport = z.strictObject({
  version: z.literal(1),
  /** How many times faster than real time it was played. */
  speed: z.number(),
  outcome: z.enum(['asStated', 'differs']),
  scenarios: z.array(scenarioReport),
});
export type DemoReport = z.infer<typeof demoReport>;

export function reportOf(speed: number, scenarios: readonly ScenarioReport[]): DemoReport {
  const outcome = scenarios.every(({ differences }) => differences.length === 0) ? 'asStated' : 'differs';
  return demoReport.parse({ version: 1, speed, outcome, scenarios });
}
