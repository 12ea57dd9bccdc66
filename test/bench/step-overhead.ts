import type { Deps } from '../../runtime/deps.ts';
import { ScaledClock } from '../../sandbox/clock.ts';
import type { StateEntered } from '../../sandbox/step-functions/execution.ts';
import { type BenchStage, checkout, withBenchStage } from './bench-stage.ts';
import type { Figure, FigureResult } from './figure.ts';
import { formatNumber } from './report.ts';
import { quantile, sum } from './statistics.ts';

const bakeSeconds = 1;
const weightsRiseBy = 5;

/** What had been counted when a step's weight was set. */
interface Mark {
  readonly atMs: number;
  readonly requests: number;
  readonly storeCalls: number;
  /** How long AwaitReady has slept so far: the pods' own time. */
  readonly podWaitMs: number;
}

/** How much a step takes beyond its bake, in the sandbox, where requests cost next to nothing and AWS nothing at all. */
export const stepOverhead: Figure = {
  name: 'step-overhead',
  title: 'Time that a step adds to its bake, in the sandbox on the real clock',
  async measure() {
    const clock = new ScaledClock();
    let state = '';
    let storeCalls = 0;
    let podWaitMs = 0;
    const wrapDeps = (deps: Deps): Deps => ({
      ...deps,
      clock: {
        now: () => deps.clock.now(),
        sleep: async (ms, signal) => {
          const fromMs = deps.clock.now();
          const waitsForPods = state === 'AwaitReady';
          await deps.clock.sleep(ms, signal);
          if (waitsForPods) podWaitMs += deps.clock.now() - fromMs;
        },
      },
      store: {
        read: (key) => count(() => deps.store.read(key)),
        list: (partition) => count(() => deps.store.list(partition)),
        write: (changes) => count(() => deps.store.write(changes)),
      },
    });
    const count = <T>(act: () => T): T => {
      storeCalls += 1;
      return act();
    };
    const options = {
      clock,
      services: [checkout],
      requestsPerSecond: 40,
      wrapDeps,
      onState: (_: unknown, entered: string) => {
        state = entered;
      },
      spec: (usual: Parameters<Parameters<typeof withBenchStage>[0]['spec']>[0]) => ({
        ...usual,
        steps: { linear: { by: weightsRiseBy, every: `${bakeSeconds}s` } },
      }),
    };
    return withBenchStage(options, (stage) =>
      measureSteps(stage, (atMs) => ({
        atMs,
        requests: sum(Object.values(stage.sandbox.kubernetes.requestCounts)),
        storeCalls,
        podWaitMs,
      })),
    );
  },
};

async function measureSteps(stage: BenchStage, markAt: (atMs: number) => Mark): Promise<FigureResult> {
  const { witness, sandbox } = stage;
  const marks: Mark[] = [];
  sandbox.kubernetes.onChange((type, object) => {
    if (object.kind !== 'VirtualService' || type !== 'MODIFIED') return;
    const change = witness.changes.at(-1);
    if (change !== undefined && change.canary > 0 && witness.changes.at(-2)?.canary !== change.canary) marks.push(markAt(change.atMs));
  });
  stage.push('v2');
  const execution = await stage.untilState('Succeeded');
  // The first step also waits until the canary has measured traffic (J4): that time belongs to its bake.
  const pairs = marks.slice(1, -1).map((from, index) => ({ from, to: marks[index + 2] ?? from }));
  const per = (of: (mark: Mark) => number) => pairs.map(({ from, to }) => of(to) - of(from));
  const podWaits = per(({ podWaitMs }) => podWaitMs);
  const overheads = per(({ atMs }) => atMs).map((tookMs, index) => tookMs - bakeSeconds * 1000 - (podWaits[index] ?? 0));
  const states = statesBetween(execution.states, marks);
  return {
    readings: [
      { what: 'a step, beyond bake and pods', unit: 'ms', samples: overheads, target: { atMost: 50, of: 'median' } },
      { what: 'its wait for pods, where it needs more', unit: 'ms', samples: podWaits },
      { what: 'state transitions in it', unit: 'transitions', samples: states.perStep },
      { what: 'requests to the Kubernetes API in it', unit: 'calls', samples: per(({ requests }) => requests) },
      { what: 'calls of the store in it', unit: 'calls', samples: per((mark) => mark.storeCalls) },
    ],
    notes: [
      `Steps of ${bakeSeconds} s, judged every second; the first step is left out, because its bake begins when there is traffic to judge.`,
      `Median by state, bake and pods included: ${states.times}.`,
    ],
  };
}

function statesBetween(states: readonly StateEntered[], marks: readonly Mark[]): { perStep: number[]; times: string } {
  const spans = states.map((entered, index) => ({ ...entered, tookMs: (states[index + 1]?.atMs ?? entered.atMs) - entered.atMs }));
  const perStep = marks.slice(1, -1).map(({ atMs }, index) => {
    const endMs = marks[index + 2]?.atMs ?? atMs;
    return spans.filter((span) => span.atMs > atMs && span.atMs <= endMs).length;
  });
  const inSteps = spans.filter(({ atMs }) => atMs > (marks[1]?.atMs ?? 0) && atMs <= (marks.at(-1)?.atMs ?? 0));
  const names = [...new Set(inSteps.map(({ state }) => state))];
  const times = names.map((name) => {
    const tookMs = inSteps.filter(({ state }) => state === name).map((span) => span.tookMs);
    return `${name} ${formatNumber(quantile(tookMs, 0.5))} ms`;
  });
  return { perStep, times: times.join(', ') };
}
