import { ScaledClock } from '../../sandbox/clock.ts';
import { hostOf } from '../../sandbox/service-objects.ts';
import { startLoad } from '../../sandbox/traffic/load.ts';

import { type BenchStage, checkout, withBenchStage } from './bench-stage.ts';
import { describeCalls } from './call-table.ts';
import type { Figure, FigureResult } from './figure.ts';
import { PathProbe, probeServices } from './path-probe.ts';
import { type PortCall, PortTrace, type StoreDelay } from './port-trace.ts';
import { formatNumber } from './report.ts';
import { quantile } from './statistics.ts';

const requestsPerSecond = 200;
/** As Istio's default debounce, which the floor has in it as well. */
const propagationMs = 100;
/** What DynamoDB takes in its own region: single digits for a read, about twice for a transaction. */
const dynamoDbLike: StoreDelay = { readMs: 5, writeMs: 12 };

/** One rollback, in milliseconds from the moment at which the door was called. */
interface Abort {
  readonly writtenMs: number;
  readonly lastGivenMs: number;
  readonly lastAnsweredMs: number;
  /** From the event on the bus to the door's call; 0 where a person called it. */
  readonly deliveryMs: number;
  readonly calls: readonly PortCall[];
}

/** How fast all traffic leaves a canary that has all of it, under load, and how much of that nobody could save. */
export const abortLatency: Figure = {
  name: 'abort-latency',
  title: 'Abort door called -> no new request to the canary, under load on the real clock',
  async measure({ samples }) {
    const clock = new ScaledClock();
    const trace = new PortTrace(clock);
    const options = {
      clock,
      services: [checkout, ...probeServices],
      requestsPerSecond: 0,
      propagationMs,
      wrapDeps: trace.wrap,
      spec: (usual: Parameters<Parameters<typeof withBenchStage>[0]['spec']>[0]) => ({
        ...usual,
        steps: [{ weight: 100, bake: '10m' }],
        policies: { noData: { hold: '5m' }, sourceDown: { hold: '5m' } },
        deadlines: { ...usual.deadlines, drain: '0s', rollout: '1h' },
      }),
    };
    return withBenchStage(options, (stage) => measureAborts(stage, trace, samples));
  },
};

async function measureAborts(stage: BenchStage, trace: PortTrace, samples: number): Promise<FigureResult> {
  const { clock, proxy } = stage.sandbox;
  const probeLoad = startLoad({ clock, url: proxy.url, host: hostOf('probe'), requestsPerSecond: 0 });
  const probe = new PathProbe(stage, probeLoad, requestsPerSecond);
  const aborts = new Aborts(stage, trace);
  const floor: number[] = [];
  const person: Abort[] = [];
  const alarm: Abort[] = [];
  const slow: Abort[] = [];
  // In turns, so that whatever else the machine does falls on all of them alike.
  for (let index = 0; index < samples; index += 1) {
    floor.push(await probe.flip());
    person.push(await aborts.byPerson());
    alarm.push(await aborts.byAlarm(undefined));
    slow.push(await aborts.byAlarm(dynamoDbLike));
  }
  probeLoad.stop();
  const last = (of: readonly Abort[]) => of.map(({ lastAnsweredMs }) => lastAnsweredMs);
  const written = (of: readonly Abort[]) => of.map(({ writtenMs }) => writtenMs);
  const floorMs = quantile(floor, 0.5);
  const target = { atMost: floorMs + 150, of: 'p99' } as const;
  return {
    readings: [
      { what: 'floor: bare PATCH -> first changed answer', unit: 'ms', samples: floor },
      { what: 'door called -> weight written', unit: 'ms', samples: written(person) },
      {
        what: 'door called -> last new request given to the canary',
        unit: 'ms',
        samples: person.map(({ lastGivenMs }) => lastGivenMs),
        floor,
      },
      { what: 'door called -> last answer of the canary', unit: 'ms', samples: last(person), floor, target },
      { what: 'alarm: event on the bus -> door called (deliveryMs)', unit: 'ms', samples: alarm.map(({ deliveryMs }) => deliveryMs) },
      { what: 'alarm: door called -> weight written', unit: 'ms', samples: written(alarm) },
      { what: 'alarm: door called -> last answer of the canary', unit: 'ms', samples: last(alarm), floor, target },
      { what: 'alarm, slow store: door called -> weight written', unit: 'ms', samples: written(slow) },
      { what: 'alarm, slow store: door called -> last answer of the canary', unit: 'ms', samples: last(slow), floor, target },
    ],
    notes: [
      compare('person', last(person), floorMs),
      compare('alarm', last(alarm), floorMs),
      compare('alarm, slow store', last(slow), floorMs),
      `${requestsPerSecond} requests a second, the canary at full weight; a change takes ${propagationMs} ms to the proxy, in the floor as well.`,
      `Slow store: ${dynamoDbLike.readMs} ms for a read, ${dynamoDbLike.writeMs} ms for a write, in place of memory.`,
      'Where the time of the door goes, median from its call, start to end:',
      ...describeCalls(person.map(({ calls }) => calls)).map((line) => `  person  ${line}`),
      ...describeCalls(slow.map(({ calls }) => calls)).map((line) => `  alarm, slow store  ${line}`),
    ],
  };
}

function compare(what: string, samples: readonly number[], floorMs: number): string {
  const [median, p99] = [quantile(samples, 0.5), quantile(samples, 0.99)];
  return `${what}: median ${formatNumber(median / floorMs)} times the floor, ${formatNumber(median - floorMs)} ms above it; p99 ${formatNumber(p99 - floorMs)} ms above it.`;
}

/** Rolls out one version after the other, and has each taken back. */
class Aborts {
  readonly #stage: BenchStage;
  readonly #trace: PortTrace;
  #versions = 1;

  constructor(stage: BenchStage, trace: PortTrace) {
    this.#stage = stage;
    this.#trace = trace;
  }

  byPerson(): Promise<Abort> {
    return this.#abort(undefined, () => this.#stage.call('Abort', { rollout: checkout.name, by: 'bench', why: 'measured' }));
  }

  byAlarm(delay: StoreDelay | undefined): Promise<Abort> {
    return this.#abort(delay, async () => {
      this.#putAlarm('ALARM');
    });
  }

  async #abort(delay: StoreDelay | undefined, call: () => Promise<unknown>): Promise<Abort> {
    const { sandbox, load, witness } = this.#stage;
    await this.#untilCanaryHasAll();
    const canary = `${checkout.name}-canary`;
    const before = sandbox.bus.deliveries.length;
    const last = { givenAtMs: 0, answeredAtMs: 0 };
    const unobserve = sandbox.proxy.observe({
      onStart: ({ destination, atMs }) => {
        if (destination === canary) last.givenAtMs = atMs;
      },
      onRequest: ({ destination, atMs }) => {
        if (destination === canary) last.answeredAtMs = atMs;
      },
    });
    const calledAtMs = sandbox.clock.now();
    const { calls, result } = this.#trace.record(delay, call);
    await result;
    await this.#stage.until('the end of the rollback', () => this.#rollbacksEnded() === this.#versions - 1);
    await this.#stage.sleep(0.2);
    unobserve();
    load.setRate(0);
    this.#putAlarm('OK');
    const delivered = sandbox.bus.deliveries.slice(before).find(({ rule }) => rule === 'alarm-state-change');
    const doorAtMs = delivered === undefined ? calledAtMs : delivered.startedAtMs;
    const write = witness.changes.find(({ atMs, canary: weight }) => atMs > calledAtMs && weight === 0);
    if (write === undefined) throw new Error('no weight of 0 was written after the door was called');
    return {
      writtenMs: write.atMs - doorAtMs,
      lastGivenMs: last.givenAtMs - doorAtMs,
      lastAnsweredMs: last.answeredAtMs - doorAtMs,
      deliveryMs: doorAtMs - calledAtMs,
      calls: calls.map(({ what, startMs, endMs }) => ({ what, startMs: startMs - doorAtMs, endMs: endMs - doorAtMs })),
    };
  }

  async #untilCanaryHasAll(): Promise<void> {
    const { sandbox, load, witness } = this.#stage;
    this.#versions += 1;
    const version = `v${this.#versions}`;
    sandbox.fleet.behave(version, { pod: { readyAfterMs: 20 } });
    this.#stage.push(version);
    load.setRate(requestsPerSecond);
    await this.#stage.until('full weight', () => witness.changes.at(-1)?.canary === 100);
    await this.#stage.sleep(0.4);
  }

  #rollbacksEnded(): number {
    return this.#stage.sandbox.engine.executions.filter(({ machine, status }) => machine === 'rollback' && status !== 'running').length;
  }

  #putAlarm(value: 'ALARM' | 'OK'): void {
    const { bus, clock } = this.#stage.sandbox;
    const state = { value, reason: 'The bench says so.', timestamp: new Date(clock.now()).toISOString() };
    const detail = { alarmName: `${checkout.name}-errors`, state };
    bus.putEvents([{ source: 'aws.cloudwatch', detailType: 'CloudWatch Alarm State Change', detail }]);
  }
}
