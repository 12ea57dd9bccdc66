import { createMemoryStore } from '../../adapters/store/memory.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import type { DeliveryRecord } from '../../sandbox/eventbridge/deliverer.ts';
import { createMemoryLog, type MemoryLog } from '../../sandbox/log.ts';
import type { StateEntered } from '../../sandbox/step-functions/execution.ts';
import { functionSetups } from '../../stacks/functions.ts';
import { changeQueries, specText, usualSpec } from '../scenarios/usual.ts';
import { type BenchStage, checkout, withBenchStage } from './bench-stage.ts';
import { type Calls, lambdaGigabyteSeconds, type Usage } from './cost.ts';
import { logGigabytes, metricHours } from './log-usage.ts';
import { meterDifference, meteredStore, type StoreMeter } from './metered-store.ts';
import { minutesPerMonth } from './prices.ts';
import { sum } from './statistics.ts';

export const steps = 10;
export const servicesAtRest = 10;
const minutesAtRest = 30;

/** What was used on AWS's side, counted from real executions in simulated time. */
export interface MeasuredUsage {
  readonly rollout: Usage;
  /** By the month. */
  readonly rest: Usage;
  readonly states: readonly StateEntered[];
  readonly store: StoreMeter;
  /** How often metrics were measured. */
  readonly analyses: number;
}

let measured: Promise<MeasuredUsage> | undefined;

/** One rollout of ten steps in an hour, then half an hour of rest with ten services. Measured once for all figures that ask. */
export function measureUsage(): Promise<MeasuredUsage> {
  measured ??= measure();
  return measured;
}

async function measure(): Promise<MeasuredUsage> {
  const { store, meter } = meteredStore(createMemoryStore());
  const log = createMemoryLog();
  const options = {
    clock: new VirtualClock(),
    store,
    log,
    services: [{ ...checkout, replicas: 4, autoscalerMinReplicas: 2 }],
    requestsPerSecond: 2,
    scrapeIntervalMs: 15_000,
    spec: hourLong,
  };
  return withBenchStage(options, async (stage) => {
    const rollout = await measureRollout(stage, meter, log);
    return { ...rollout, rest: await measureRest(stage, meter, log) };
  });
}

/** The usual spec over an hour; its queries look back a minute, which ten seconds between measurements and few requests ask for. */
function hourLong(usual: ReturnType<typeof usualSpec>): ReturnType<typeof usualSpec> {
  const metrics = changeQueries(usual.analysis.metrics, (metric) => ({ ...metric, query: metric.query.replaceAll('[10s]', '[2m]') }));
  return {
    ...usual,
    steps: { linear: { by: 100 / steps, every: '6m' } },
    analysis: { ...usual.analysis, interval: '10s', metrics },
    policies: { noData: { hold: '10m' } },
    deadlines: { ready: '10m', rollout: '4h', drain: '10s' },
  };
}

async function measureRollout(stage: BenchStage, meter: () => StoreMeter, log: MemoryLog): Promise<Omit<MeasuredUsage, 'rest'>> {
  const { bus, clock } = stage.sandbox;
  const from = { atMs: clock.now(), lines: log.lines.length, metricLines: log.metricLines.length, store: meter() };
  stage.push('v2');
  const { states } = await stage.untilState('Succeeded');
  await stage.sleep(1);
  const store = meterDifference(from.store, meter());
  const spans = states.map((entered, index) => ({ ...entered, tookMs: (states[index + 1]?.atMs ?? entered.atMs) - entered.atMs }));
  const tasks = spans.filter(({ type }) => type === 'Task');
  const triggered = triggeredSince(bus.deliveries, from.atMs);
  const calls = [...callsBy(tasks, ({ state }) => state), ...callsBy(triggered, ({ name }) => name)];
  const invocations = tasks.length + triggered.length;
  const usage = {
    stateTransition: states.length,
    lambdaRequest: invocations,
    lambdaGigabyteSecond: lambdaGigabyteSeconds(calls),
    dynamoDbReadUnit: store.readUnits,
    dynamoDbWriteUnit: store.writeUnits,
    customEvent: bus.puts.filter(({ atMs, event }) => atMs >= from.atMs && event.source === 'sluice').length,
    cloudWatchRequest: triggered.length + 1,
    logGigabyte: logGigabytes(log.lines.slice(from.lines), { invocations, transitions: states.length }),
    metricHour: metricHours(log.metricLines.slice(from.metricLines)),
    trace: 1,
  };
  const watchedMs = sum(tasks.filter(({ state }) => state === 'RunAnalysis').map(({ tookMs }) => tookMs));
  return { rollout: usage, states, store, analyses: Math.round(watchedMs / 10_000) };
}

async function measureRest(stage: BenchStage, meter: () => StoreMeter, log: MemoryLog): Promise<Usage> {
  const { sandbox } = stage;
  for (let index = 2; index <= servicesAtRest; index += 1) {
    const service = { ...checkout, name: `service-${index}` };
    const source = hourLong(usualSpec(service, sandbox.repositoryOf(checkout.name)));
    const text = specText({ ...source, image: { ...source.image, tags: [`service-${index}-*`] } });
    await stage.call('ApplySpec', { file: `${service.name}.yaml`, text });
  }
  // Past the hour in which the sweep still looks at the push that was rolled out.
  await stage.sleep(3700);
  const from = { atMs: sandbox.clock.now(), lines: log.lines.length, metricLines: log.metricLines.length, store: meter() };
  await stage.sleep(minutesAtRest * 60);
  const { readUnits, writeUnits } = meterDifference(from.store, meter());
  const sweeps = triggeredSince(sandbox.bus.deliveries, from.atMs);
  const monthly = (count: number) => (count / minutesAtRest) * minutesPerMonth;
  return {
    lambdaRequest: monthly(sweeps.length),
    scheduledCall: monthly(sweeps.length),
    lambdaGigabyteSecond: monthly(lambdaGigabyteSeconds(callsBy(sweeps, ({ name }) => name))),
    dynamoDbReadUnit: monthly(readUnits),
    dynamoDbWriteUnit: monthly(writeUnits),
    logGigabyte: monthly(logGigabytes(log.lines.slice(from.lines), { invocations: sweeps.length, transitions: 0 })),
    metricHour: monthly(metricHours(log.metricLines.slice(from.metricLines))),
    trace: monthly(sweeps.length),
  };
}

/** Calls of functions by rules and by the schedule, each with the function's name. An image's push starts an execution instead. */
function triggeredSince(deliveries: readonly DeliveryRecord[], fromMs: number) {
  return deliveries
    .filter(({ startedAtMs, targetId }) => startedAtMs >= fromMs && targetId !== 'rollout')
    .map(({ targetId, startedAtMs, endedAtMs }) => ({ name: nameOf(targetId), tookMs: endedAtMs - startedAtMs }));
}

function nameOf(file: string): string {
  return functionSetups.find((setup) => setup.file === file)?.name ?? file;
}

function callsBy<T extends { readonly tookMs: number }>(calls: readonly T[], nameOfCall: (call: T) => string): Calls[] {
  return calls.map((call) => {
    const setup = functionSetups.find(({ name }) => name === nameOfCall(call));
    if (setup === undefined) throw new Error(`there is no function ${nameOfCall(call)}`);
    return { count: 1, waitedMs: call.tookMs, memoryMb: setup.memoryMb };
  });
}
