import * as z from 'zod/mini';
import { History } from '../../adapters/store/history.ts';
import { keys } from '../../adapters/store/keys.ts';
import { Rollouts } from '../../adapters/store/rollouts.ts';
import { Specs, type StoredSpec } from '../../adapters/store/specs.ts';
import { planRollout } from '../../core/plan/plan.ts';
import type { Clock, RolloutStore } from '../../core/ports.ts';
import type { RolloutRecord } from '../../core/rollout/record.ts';
import { rolloutSpec } from '../../core/spec/rollout-spec.ts';
import type { RolloutSummary, ServiceStatus, Status } from './connection.ts';

/** How many ended rollouts of a service are told. */
const pastCount = 5;

const quarantineItem = z.looseObject({ why: z.string(), rolloutId: z.string(), atMs: z.number() });

/** What the store says about one service, or about all. @throws NotFoundError, StoreUnavailableError */
export async function readStatus(store: RolloutStore, clock: Clock, rollout: string | undefined): Promise<Status> {
  const specs = new Specs(store);
  const stored = rollout === undefined ? await specs.list() : [await specs.load(rollout)];
  const rollouts = new Rollouts(store, clock);
  const services = await Promise.all(stored.map((each) => serviceStatusOf(store, rollouts, each)));
  return { atMs: clock.now(), services };
}

async function serviceStatusOf(
  store: RolloutStore,
  rollouts: Rollouts,
  { spec, specVersion, retiredAtMs }: StoredSpec,
): Promise<ServiceStatus> {
  const [lock, records, quarantined] = await Promise.all([
    rollouts.readLock(spec.name),
    rollouts.list(spec.name),
    store.list(keys.quarantine(spec.name, '').partition),
  ]);
  const newestFirst = records.toReversed();
  const present = newestFirst.find(({ rolloutId }) => rolloutId === lock?.rolloutId);
  return {
    rollout: spec.name,
    specVersion,
    ...(retiredAtMs === undefined ? {} : { retiredAtMs }),
    ...(present === undefined ? {} : { present: { ...summaryOf(present), ...(await whyNow(store, present)) } }),
    past: newestFirst
      .filter((record) => record !== present)
      .slice(0, pastCount)
      .map(summaryOf),
    quarantine: quarantined.map(({ key, value }) => {
      const { why, rolloutId, atMs } = quarantineItem.parse(value);
      return { digest: key.sort, why, rolloutId, atMs };
    }),
  };
}

/**
 * The record of a paused rollout does not say for what it waits, and until when, nor does that of a rollback how far the traffic is that returns
 * in steps; its history does.
 */
async function whyNow(
  store: RolloutStore,
  { phase, rolloutId, reason, split, returnUntilMs }: RolloutRecord,
): Promise<Pick<RolloutSummary, 'reason'>> {
  const returns = phase === 'rollingBack' && returnUntilMs !== undefined && split.canary > 0;
  if (phase !== 'paused' && !returns) return {};
  const history = await new History(store).list(rolloutId);
  const last = history.findLast(({ what }) => what === (returns ? 'trafficReturning' : 'paused'))?.reason;
  if (last === undefined) return {};
  return { reason: returns ? `${reason ?? ''} ${last}`.trim() : last };
}

function summaryOf(record: RolloutRecord): RolloutSummary {
  const { image, watch, analysis, rollbackReason, reason, endedAtMs } = record;
  const plan = planRollout(rolloutSpec.parse(record.spec));
  const ownWatch = watch?.stepIndex === record.stepIndex ? watch : undefined;
  return {
    rolloutId: record.rolloutId,
    phase: record.phase,
    image: { digest: image.digest, ...(image.tag === undefined ? {} : { tag: image.tag }) },
    step: record.stepIndex + 1,
    steps: plan.steps.length,
    weight: record.split.canary,
    totalWeight: plan.totalWeight,
    startedAtMs: record.startedAtMs,
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    stepSinceMs: ownWatch?.startedAtMs ?? record.startedAtMs,
    bakedSeconds: Math.floor((ownWatch?.bakedMs ?? 0) / 1000),
    bakeSeconds: plan.steps[record.stepIndex]?.bakeSeconds ?? 0,
    ...(analysis === undefined ? {} : { verdict: { atMs: analysis.atMs, overall: analysis.overall, verdicts: analysis.verdicts } }),
    ...(rollbackReason === undefined ? {} : { rollbackReason }),
    ...(reason === undefined ? {} : { reason }),
    actor: record.actor,
    executionArn: record.executionArn,
  };
}
