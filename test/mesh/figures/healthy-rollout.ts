import type { FigureResult } from '../../bench/figure.ts';
import type { StartedBench } from '../bench/types.ts';
import { withMeshStage } from './mesh-stage.ts';

const stepSeconds = 10;

/** Healthy rollouts under load, until enough requests were sent: none of them may fail; and what a step takes beyond its bake. */
export function measureHealthyRollouts(bench: StartedBench, atLeastRequests: number, requestsPerSecond: number): Promise<FigureResult> {
  return withMeshStage(
    bench,
    (usual) => ({
      ...usual,
      steps: [10, 25, 50, 75, 100].map((weight) => ({ weight, bake: `${stepSeconds}s` })),
      // Both sides' pods and the load share two cores here: what is slow then is the machine.
      analysis: { ...usual.analysis, metrics: usual.analysis.metrics?.slice(0, 1) ?? [] },
      deadlines: { ...usual.deadlines, drain: '2s' },
    }),
    async (stage) => {
      const overheads: number[] = [];
      let rollouts = 0;
      stage.load.setRate(requestsPerSecond);
      while (stage.load.stats().sent < atLeastRequests) {
        stage.push();
        await stage.sleep(500);
        await stage.untilQuiet();
        const states = stage.states();
        if (states.at(-1)?.state !== 'Succeeded') throw new Error(`the rollout ended in ${states.at(-1)?.state}`);
        rollouts += 1;
        const sets = states.filter(({ state }) => state === 'SetWeight').map(({ atMs }) => atMs);
        const ends = states.filter(({ state }) => state === 'PromoteStable').map(({ atMs }) => atMs);
        const marks = [...sets, ...ends.slice(0, 1)];
        overheads.push(...marks.slice(1).map((atMs, index) => atMs - (marks[index] ?? atMs) - stepSeconds * 1000));
      }
      await stage.sleep(1000);
      const { sent, failed, byStatus } = stage.load.stats();
      return {
        readings: [
          {
            what: `failed of ${sent} requests in ${rollouts} healthy rollouts`,
            unit: 'times',
            samples: [failed],
            target: { atMost: 0, of: 'max' },
          },
          { what: `what a step of ${stepSeconds} s takes beyond its bake, pods included`, unit: 'ms', samples: overheads },
        ],
        notes: [`${requestsPerSecond} requests a second; by status: ${JSON.stringify(byStatus)}.`],
      };
    },
  );
}
