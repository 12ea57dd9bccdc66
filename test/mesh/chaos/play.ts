import { ScaledClock } from '../../../sandbox/clock.ts';
import { runScenario, type ScenarioOutcome } from '../../scenarios/run-scenario.ts';
import type { Stage } from '../../scenarios/stage.ts';
import type { Tier } from '../../scenarios/tier.ts';
import type { Bench } from '../bench/types.ts';
import type { ChaosFault, Outage } from './faults.ts';
import { type HeldPhase, heldPhases } from './phases.ts';
import { unexplainedFailures } from './unexplained-failures.ts';

/** What came of the rollout that was in one phase when the fault came. */
export interface PhasePlayed {
  readonly phase: string;
  readonly endedAs: string;
  readonly sent: number;
  readonly failed: number;
  /** Where it did not end as promised; empty where it did. */
  readonly broken: readonly string[];
}

/** One rollout in each phase at the same moment, all of them met by one fault; then each goes on to its end. */
export async function playChaos(bench: Bench, tier: Tier, fault: ChaosFault): Promise<PhasePlayed[]> {
  const stages: Stage[] = [];
  let outage: Outage | undefined;
  const met = meeting(heldPhases.length, async () => {
    outage = await fault.inject(bench, stages);
  });
  const played = heldPhases.map(async (phase): Promise<PhasePlayed> => {
    let unexplained: string[] = [];
    const outcome = await runScenario(
      {
        name: `chaos in ${phase.name}`,
        title: fault.name,
        promises: ['O3', 'O5', 'T1', 'T3'],
        ...(phase.versions === undefined ? {} : { versions: phase.versions }),
        spec: { checkout: phase.spec },
        requestsPerSecond: 20,
        story: async (stage) => {
          stages.push(stage);
          stage.push('v2');
          await met(() => phase.arrive(stage));
        },
        // What is expected depends on the fault, and is judged below.
        expected: { rollouts: [], badAnswers: [0, 0] },
        check: (_outcome, stage) => {
          unexplained = unexplainedFailures(stage.answers, outage);
          return [];
        },
      },
      { clock: new ScaledClock(), tier },
    );
    return judge(phase, outcome, unexplained);
  });
  return Promise.all(played);
}

function judge(phase: HeldPhase, outcome: ScenarioOutcome, unexplained: readonly string[]): PhasePlayed {
  const [rollout] = outcome.rollouts;
  const endedAs = rollout?.record.phase ?? 'never begun';
  return {
    phase: phase.name,
    endedAs: `${endedAs}${rollout?.record.rollbackReason === undefined ? '' : ` (${rollout.record.rollbackReason})`}`,
    sent: outcome.load.sent,
    failed: outcome.load.failed,
    broken: [
      ...outcome.violations,
      ...outcome.leftBehind,
      ...(phase.ends.some((end) => end === endedAs) ? [] : [`it ended as ${endedAs}: ${rollout?.record.reason ?? ''}`]),
      ...unexplained,
    ],
  };
}

/** Waits until so many have arrived, lets one thing happen, and lets all go on. One that does not arrive ends the wait of all. */
function meeting(count: number, act: () => Promise<void>): (arrive: () => Promise<void>) => Promise<void> {
  let arrived = 0;
  let resolve: (done: Promise<void>) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const over = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  over.catch(() => undefined);
  return async (arrive) => {
    try {
      await arrive();
    } catch (error) {
      reject(error);
    }
    arrived += 1;
    if (arrived === count) resolve(act());
    await over;
  };
}
