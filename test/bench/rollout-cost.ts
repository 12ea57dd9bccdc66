import { createMemoryStore } from '../../adapters/store/memory.ts';
import { sweepEverySeconds } from '../../runtime/event-patterns.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import type { StateEntered } from '../../sandbox/step-functions/execution.ts';

import { specText, usualSpec } from '../scenarios/usual.ts';
import { type BenchStage, checkout, withBenchStage } from './bench-stage.ts';
import { assumedWorkMs, costOf, lambdaGigabyteSeconds, minutesPerMonth, type Usage } from './cost.ts';
import type { Figure, FigureResult } from './figure.ts';
import { meterDifference, meteredStore, type StoreMeter } from './metered-store.ts';
import { listPrices } from './prices.ts';
import { formatNumber } from './report.ts';
import { sum } from './statistics.ts';

const steps = 10;
const servicesAtRest = 10;
const minutesAtRest = 30;
const stepLoop = ['AwaitReady', 'IsReady', 'WaitForPods', 'SetWeight', 'VerifyWeight', 'Bake', 'RunAnalysis', 'Decide', 'NextAction'];

/** What one rollout of an hour, and a month without any, would cost on AWS, counted from real executions in simulated time. */
export const rolloutCost: Figure = {
  name: 'rollout-cost',
  title: `Cost by list prices of a rollout of ${steps} steps of 6 minutes, judged every 10 s, and of a month at rest`,
  async measure() {
    const { store, meter } = meteredStore(createMemoryStore());
    const options = {
      clock: new VirtualClock(),
      store,
      services: [{ ...checkout, replicas: 4, autoscalerMinReplicas: 2 }],
      requestsPerSecond: 2,
      scrapeIntervalMs: 15_000,
      spec: hourLong,
    };
    return withBenchStage(options, async (stage) => {
      const rollout = await measureRollout(stage, meter);
      const rest = await measureRest(stage, meter);
      return resultOf(rollout, rest);
    });
  },
};

/** The usual spec over an hour; its queries look back a minute, which ten seconds between measurements and few requests ask for. */
function hourLong(usual: ReturnType<typeof usualSpec>): ReturnType<typeof usualSpec> {
  const metrics = (usual.analysis.metrics ?? []).map((metric) => ({ ...metric, query: metric.query.replaceAll('[10s]', '[2m]') }));
  return {
    ...usual,
    steps: { linear: { by: 100 / steps, every: '6m' } },
    analysis: { ...usual.analysis, interval: '10s', metrics },
    policies: { noData: { hold: '10m' } },
    deadlines: { ready: '10m', rollout: '4h', drain: '10s' },
  };
}

interface RolloutUsage {
  readonly usage: Usage;
  readonly perStep: readonly number[];
  readonly analyses: number;
  readonly store: StoreMeter;
}

async function measureRollout(stage: BenchStage, meter: () => StoreMeter): Promise<RolloutUsage> {
  const { bus, clock } = stage.sandbox;
  const fromMs = clock.now();
  const before = meter();
  stage.push('v2');
  const execution = await stage.untilState('Succeeded');
  await stage.sleep(1);
  const store = meterDifference(before, meter());
  const tasks = spansOf(execution.states).filter(({ type }) => type === 'Task');
  const triggered = bus.deliveries.filter(
    ({ startedAtMs, rule }) => startedAtMs >= fromMs && (rule === 'alarm-state-change' || isSweep(rule)),
  );
  const waitedMs = sum(tasks.map(({ tookMs }) => tookMs)) + sum(triggered.map(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs));
  const calls = tasks.length + triggered.length;
  return {
    usage: {
      stateTransition: execution.states.length,
      lambdaRequest: calls,
      lambdaGigabyteSecond: lambdaGigabyteSeconds(calls, waitedMs),
      dynamoDbReadUnit: store.readUnits,
      dynamoDbWriteUnit: store.writeUnits,
      customEvent: bus.puts.filter(({ atMs, event }) => atMs >= fromMs && event.source === 'sluice').length,
    },
    perStep: transitionsPerStep(execution.states),
    analyses: Math.round(sum(tasks.filter(({ state }) => state === 'RunAnalysis').map(({ tookMs }) => tookMs)) / 10_000),
    store,
  };
}

async function measureRest(stage: BenchStage, meter: () => StoreMeter): Promise<Usage> {
  const { sandbox } = stage;
  for (let index = 2; index <= servicesAtRest; index += 1) {
    const service = { ...checkout, name: `service-${index}` };
    const source = hourLong(usualSpec(service, sandbox.repositoryOf(checkout.name)));
    const text = specText({ ...source, image: { ...source.image, tags: [`service-${index}-*`] } });
    await stage.call('ApplySpec', { file: `${service.name}.yaml`, text });
  }
  // Past the hour in which the sweep still looks at the push that was rolled out.
  await stage.sleep(3700);
  const before = meter();
  const fromMs = sandbox.clock.now();
  await stage.sleep(minutesAtRest * 60);
  const { readUnits, writeUnits } = meterDifference(before, meter());
  const sweeps = sandbox.bus.deliveries.filter(({ startedAtMs, rule }) => startedAtMs >= fromMs && isSweep(rule)).length;
  const monthly = (count: number) => (count / minutesAtRest) * minutesPerMonth;
  return {
    lambdaRequest: monthly(sweeps),
    scheduledCall: monthly(sweeps),
    lambdaGigabyteSecond: lambdaGigabyteSeconds(monthly(sweeps), 0),
    dynamoDbReadUnit: monthly(readUnits),
    dynamoDbWriteUnit: monthly(writeUnits),
  };
}

function resultOf(rollout: RolloutUsage, rest: Usage): FigureResult {
  const rolloutPrice = costOf(rollout.usage);
  const restPrice = costOf(rest);
  return {
    readings: [
      { what: 'a step', unit: 'transitions', samples: rollout.perStep, target: { atMost: 8, of: 'max' } },
      { what: 'the whole rollout', unit: 'transitions', samples: [rollout.usage.stateTransition ?? 0] },
      { what: 'the whole rollout', unit: '$', samples: [rolloutPrice.dollars], target: { atMost: 0.05, of: 'max' } },
      { what: `a month at rest, ${servicesAtRest} services`, unit: '$', samples: [restPrice.dollars], target: { atMost: 1, of: 'max' } },
    ],
    notes: [
      'The rollout, the dearest part first:',
      ...rolloutPrice.lines.map(describeLine),
      `The month at rest, with a sweep every ${sweepEverySeconds} s:`,
      ...restPrice.lines.map(describeLine),
      `In the rollout the store was read ${rollout.store.reads} and written ${rollout.store.writes} times; its sweeps are in these counts.`,
      `Lambda: 256 MB, arm64; the virtual time spent inside handlers, and ${assumedWorkMs} ms for each call, which is assumed.`,
      `List prices of ${listPrices.region} as of ${listPrices.readOn}, in test/bench/prices.ts with their pages: check them. Without free tiers.`,
      `Not in it: metric queries (about ${rollout.analyses} times two of them; free on one's own Prometheus), alarms, logs, data transfer.`,
    ],
  };
}

function describeLine({ part, count, dollars }: ReturnType<typeof costOf>['lines'][number]): string {
  return `  $${formatNumber(dollars).padEnd(10)} ${formatNumber(count).padStart(8)}  ${listPrices.prices[part].what}`;
}

/** States of the loop from one AwaitReady that begins a step to the next. */
function transitionsPerStep(states: readonly StateEntered[]): number[] {
  const inLoop = states.filter(({ state }) => stepLoop.includes(state));
  const starts = inLoop.flatMap(({ state }, index) =>
    state === 'AwaitReady' && inLoop[index - 1]?.state !== 'WaitForPods' ? [index] : [],
  );
  return starts.map((start, index) => (starts[index + 1] ?? inLoop.length) - start);
}

function spansOf(states: readonly StateEntered[]) {
  return states.map((entered, index) => ({ ...entered, tookMs: (states[index + 1]?.atMs ?? entered.atMs) - entered.atMs }));
}

function isSweep(rule: string): boolean {
  return rule === 'schedule/sweep';
}
