import { spreadPartitions } from '../../../adapters/store/spread-partitions.ts';
import { crowdedFrom } from '../../../adapters/store/turns.ts';
import { longestWatchedIntervalSeconds } from '../../../core/plan/tick.ts';
import { publishedAfterMs } from './datapoints.ts';
import { spreadEvenly } from './floor.ts';
import type { Part, ScaleOptions } from './options.ts';
import type { Quotas } from './quotas.ts';
import { runReal } from './real-run.ts';
import { replay } from './replay.ts';
import { type Row, type RowInput, rowOf } from './row.ts';
import type { RowPlan } from './scale-spec.ts';
import type { Template } from './template.ts';

export type RolloutPart = Exclude<Part, 'sweep' | 'days'>;

/**
 * Steps of three minutes at 60 s, between which the state machine waits; of one minute at 10 s, the default, and at 5 s, which a Lambda watches, except in a
 * crowd. CloudWatch's datapoints are of a minute: a step lasts two of them more, and until they are published.
 */
const plans: Readonly<Record<RolloutPart, RowPlan>> = {
  waited: { source: 'prometheus', intervalSeconds: 60, bakeSeconds: 180 },
  default: { source: 'prometheus', intervalSeconds: 10, bakeSeconds: 60 },
  short: { source: 'prometheus', intervalSeconds: 5, bakeSeconds: 60 },
  cloudwatch: { source: 'cloudwatch', intervalSeconds: 60, bakeSeconds: 180 },
  metrics: { source: 'cloudwatchMetrics', intervalSeconds: 60, bakeSeconds: 180, evidenceSeconds: 2 * 60 + publishedAfterMs / 1000 },
};

/** So few that no quota is felt, not even that of DescribeAlarms: what is replayed is an undisturbed rollout. */
const recorded = 8;
/** Of so many at once, some begin in a crowd. */
const recordedCrowd = 80;
const counts = [100, 1_000, 10_000] as const;
/** The most at once of which all are still under way when the last one starts. */
const spreadMs = 300_000;

export interface MeasuredRollouts {
  readonly rows: readonly Row[];
  /** Real and replayed rows of as many rollouts. */
  readonly agreements: readonly (readonly [Row, Row])[];
}

/** The rows of one part: some rollouts really, then as many and more from their record. */
export async function measureRollouts(
  part: RolloutPart,
  { real, seed }: Pick<ScaleOptions, 'real' | 'seed'>,
  quotas: Quotas,
  onRow: (row: Row) => void,
): Promise<MeasuredRollouts> {
  const plan = plans[part];
  const rows: Row[] = [];
  const add = (input: Omit<RowInput, 'plan' | 'quotas'>): Row => {
    const row = rowOf({ plan, quotas, ...input });
    rows.push(row);
    onRow(row);
    return row;
  };
  const { templates: undisturbed } = await runReal({ rollouts: recorded, plan, quotas, seed });
  if (undisturbed.length === 0) throw new Error(`no rollout of ${part} went undisturbed, so that there is none to replay`);
  const templates = spreadEvenly(undisturbed);
  const crowded = plan.intervalSeconds > longestWatchedIntervalSeconds ? templates : spreadEvenly(await recordCrowd(plan, quotas, seed));
  const usual = (rollouts: number) => (rollouts > crowdedFrom * spreadPartitions('locks').length ? crowded : templates);
  const result = await runReal({ rollouts: real, plan, quotas, seed });
  const { startMs } = result;
  const really = add({ name: part, how: 'real', rollouts: real, templates: usual(real), result });
  const replayed = (name: string, rollouts: number, pushedOverMs = 0) =>
    add({
      name,
      how: 'replayed',
      rollouts,
      templates: usual(rollouts),
      result: replay({ rollouts, templates, crowded, quotas, seed, plan, startMs, pushAtMs: (index) => (index * pushedOverMs) / rollouts }),
      pushedOverMs,
    });
  const again = replayed(part, real);
  for (const rollouts of counts.filter((count) => count !== real)) replayed(part, rollouts);
  if (part !== 'cloudwatch' && part !== 'metrics') replayed(`${part}, pushed over 5 min`, Math.max(...counts), spreadMs);
  return { rows, agreements: [[really, again]] };
}

/** Rollouts that began in a crowd: those between whose looks the state machine waits. */
async function recordCrowd(plan: RowPlan, quotas: Quotas, seed: number): Promise<readonly Template[]> {
  const { templates } = await runReal({ rollouts: recordedCrowd, plan, quotas, seed });
  const crowded = templates.filter((template) =>
    template.some((part) => part.kind === 'wait' && part.state === 'Bake' && part.waitMs >= 1000),
  );
  if (crowded.length === 0) throw new Error(`none of ${recordedCrowd} rollouts began in a crowd, so that there is none to replay`);
  return crowded;
}
