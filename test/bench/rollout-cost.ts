import { sweepEverySeconds } from '../../runtime/event-patterns.ts';
import type { StateEntered } from '../../sandbox/step-functions/execution.ts';
import { assumedWorkMs, costOf, type Usage } from './cost.ts';
import type { Figure } from './figure.ts';
import { listPrices } from './prices.ts';
import { formatNumber } from './report.ts';
import { measureUsage, servicesAtRest, steps } from './usage.ts';

const stepLoop = ['AwaitReady', 'IsReady', 'WaitForPods', 'SetWeight', 'VerifyWeight', 'Bake', 'RunAnalysis', 'Decide', 'NextAction'];

/** What the engine uses in one rollout of an hour, and in a month without any. What a whole deployment costs: `monthly-cost`. */
export const rolloutCost: Figure = {
  name: 'rollout-cost',
  title: `Cost by list prices of a rollout of ${steps} steps of 6 minutes, judged every 10 s, and of a month at rest`,
  async measure() {
    const { rollout, rest, states, store, analyses } = await measureUsage();
    const [rolloutPrice, restPrice] = [costOf(rollout), costOf(rest)];
    return {
      readings: [
        { what: 'a step', unit: 'transitions', samples: transitionsPerStep(states), target: { atMost: 8, of: 'max' } },
        { what: 'the whole rollout', unit: 'transitions', samples: [states.length] },
        { what: 'the whole rollout', unit: '$', samples: [rolloutPrice.dollars], target: { atMost: 0.05, of: 'max' } },
        { what: `a month at rest, ${servicesAtRest} services, without alarms`, unit: '$', samples: [restPrice.dollars] },
      ],
      notes: [
        'The rollout, the dearest part first:',
        ...describe(rollout),
        `The month at rest, with a sweep every ${sweepEverySeconds} s:`,
        ...describe(rest),
        `In the rollout the store was read ${store.reads} and written ${store.writes} times; its sweeps are in these counts.`,
        `Lambda: arm64, in the memory of stacks/functions.ts; the virtual time spent inside handlers, and ${assumedWorkMs} ms for each call, which is assumed.`,
        `List prices of ${listPrices.region} as of ${listPrices.readOn}, in test/bench/prices.ts with their pages: check them. Without free tiers.`,
        `Not in it: metric queries (about ${analyses} times two of them; free on one's own Prometheus), data transfer.`,
      ],
    };
  },
};

function describe(usage: Usage): string[] {
  return costOf(usage).lines.map(
    ({ part, count, dollars }) =>
      `  $${formatNumber(dollars).padEnd(10)} ${formatNumber(count).padStart(8)}  ${listPrices.prices[part].what}`,
  );
}

/** States of the loop from one AwaitReady that begins a step to the next. */
function transitionsPerStep(states: readonly StateEntered[]): number[] {
  const inLoop = states.filter(({ state }) => stepLoop.includes(state));
  const starts = inLoop.flatMap(({ state }, index) =>
    state === 'AwaitReady' && inLoop[index - 1]?.state !== 'WaitForPods' ? [index] : [],
  );
  return starts.map((start, index) => (starts[index + 1] ?? inLoop.length) - start);
}
