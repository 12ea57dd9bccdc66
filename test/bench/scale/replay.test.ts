import { describe, expect, it } from 'vitest';
import { crowdedFrom } from '../../../adapters/store/turns.ts';
import type { RecordedEntry } from './call.ts';
import { EventQueue } from './event-queue.ts';
import { demandsOf, spreadEvenly, undisturbedMs } from './floor.ts';
import { latenessOf, silencesOf } from './lateness.ts';
import { largeRegion } from './quotas.ts';
import { replay } from './replay.ts';
import type { Template } from './template.ts';

const plan = { source: 'prometheus', intervalSeconds: 60, bakeSeconds: 60 } as const;

function write(startMs: number, endMs: number, partition = 'locks', count = 2): RecordedEntry {
  return { kind: 'call', service: 'WriteItems', units: [{ partition, count }], requests: 1, startMs, endMs };
}

function task(state: string, tookMs: number, ...entries: RecordedEntry[]): Template[number] {
  return { kind: 'task', state, invocation: { name: state, entries, tookMs } };
}

/** A step that begins, bakes for a minute, and is looked at. */
const oneStep: Template = [
  task('VerifyWeight', 20),
  { kind: 'wait', state: 'Bake', waitMs: 60_000 },
  task('RunAnalysis', 30, write(5, 17), { kind: 'look', startMs: 17, endMs: 17 }),
  { kind: 'pass', state: 'NextAction' },
];

function play(rollouts: number, template: Template, quotas = largeRegion) {
  return replay({ rollouts, templates: [template], quotas, seed: 1 });
}

describe('replay', () => {
  it('takes as long as what was recorded where no quota binds', () => {
    const { tookMs, ends, counted, looks } = play(3, oneStep);
    expect(ends).toEqual({ Succeeded: 3 });
    // 40 ms until it has started, 30 for each function to be called, 20 and 30 for the functions.
    expect(tookMs).toBe(40 + 30 + 20 + 60_000 + 30 + 30);
    expect(counted).toMatchObject({ calls: { StartExecution: 3, Lambda: 6, WriteItems: 3, StateTransition: 12 }, throttled: {} });
    expect(latenessOf(looks, plan)).toEqual({ looks: [47, 47, 47], steps: [47, 47, 47] });
  });

  it('plays calls that waited for one another one after the other, and others side by side', () => {
    const chain = task('Begin', 50, write(0, 10), write(10, 20, 'a'), write(12, 22, 'b'), write(25, 50, 'c'));
    expect(play(1, [chain]).tookMs).toBe(40 + 30 + 50);
  });

  it('waits for a moment where the function did, however long an answer takes', () => {
    const watched = task('RunAnalysis', 1_010, { kind: 'sleep', startMs: 0, endMs: 1_000 }, { kind: 'look', startMs: 1_010, endMs: 1_010 });
    const { looks } = play(1, [watched]);
    expect(looks).toMatchObject([{ atMs: 40 + 30 + 1_010 }]);
  });

  it('tries again what a quota refuses, as the store does and then the state machine, and comes to the same end', () => {
    const quotas = { ...largeRegion, partitionWriteUnits: { burst: 2, perSecond: 2 } };
    const { ends, counted, tookMs } = play(4, oneStep, quotas);
    expect(ends).toEqual({ Succeeded: 4 });
    expect(counted.calls['WriteItems']).toBe(4);
    expect(counted.throttled['WriteItems']).toBeGreaterThan(0);
    expect(tookMs).toBeGreaterThanOrEqual(60_000 + 3_000);
  });

  it('fails a rollout that the state machine would give up', () => {
    const quotas = { ...largeRegion, partitionWriteUnits: { burst: 2, perSecond: 0.001 } };
    expect(play(2, oneStep, quotas).ends).toEqual({ Succeeded: 1, 'failed in RunAnalysis': 1 });
  });

  it('plays rollouts that begin in a crowd as such were recorded: four in the same partition of the locks, and they end', () => {
    const alone: Template = [task('Begin', 10), { kind: 'wait', state: 'Bake', waitMs: 60_000 }];
    const options = {
      templates: [alone],
      crowded: [[...alone, { kind: 'pass', state: 'NextAction' }]],
      quotas: largeRegion,
      seed: 1,
    } as const;
    const states = (rollouts: number, apartMs: number) =>
      replay({ ...options, rollouts, pushAtMs: (index) => index * apartMs }).counted.calls['StateTransition'];
    expect([states(8, 0), states(160, 61_000)]).toEqual([16, 320]);
    // Four of each of the sixteen partitions begin before there is a crowd.
    expect(states(160, 0)).toBe(160 * 3 - 16 * crowdedFrom);
  });

  it('keeps functions waiting for which there is no concurrency', () => {
    const { counted, ends } = play(5, [task('DeployCanary', 1_000)], { ...largeRegion, lambdaConcurrency: 29 });
    expect(counted).toMatchObject({ peakConcurrency: 1 });
    expect(counted.throttled['Lambda']).toBeGreaterThan(0);
    expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(5);
  });

  it('holds a rollout whose alarms nobody could read at its step until the sweep has read them', () => {
    const asks: RecordedEntry = { kind: 'call', service: 'DescribeAlarms', units: [], requests: 1, startMs: 0, endMs: 60 };
    const quotas = { ...largeRegion, describeAlarms: { burst: 1, perSecond: 0.001 } };
    const step: Template = [
      task('VerifyWeight', 20),
      { kind: 'wait', state: 'Bake', waitMs: 30_000 },
      task('RunAnalysis', 30, { kind: 'look', startMs: 17, endMs: 17 }),
      task('Decide', 10),
    ];
    const looks = (template: Template) => play(1, template, quotas).looks.filter(({ begins }) => !begins).length;
    expect(looks([task('Begin', 60, asks), ...step])).toBe(1);
    // The second request is refused. The sweep reads the alarms after a minute, between the first look and the second one.
    expect(looks([task('Begin', 60, asks), task('Begin', 60, asks), ...step])).toBe(2);
  });

  describe('of rollouts that the metrics of CloudWatch judge', () => {
    const judged = { source: 'cloudwatchMetrics', intervalSeconds: 60, bakeSeconds: 180 } as const;
    const asks: RecordedEntry = { kind: 'call', service: 'GetMetricData', units: [], requests: 1, startMs: 0, endMs: 100 };
    const round: Template = [
      { kind: 'wait', state: 'Bake', waitMs: 60_000 },
      task('RunAnalysis', 120, asks, { kind: 'look', startMs: 110, endMs: 110 }),
      task('Decide', 10),
      { kind: 'pass', state: 'NextAction' },
    ];
    const template: Template = [task('VerifyWeight', 20), ...round, ...round];
    const judgedReplay = (rollouts: number, perSecond: number) =>
      replay({
        rollouts,
        templates: [template],
        plan: judged,
        quotas: { ...largeRegion, getMetricData: { burst: perSecond, perSecond } },
        seed: 1,
        startMs: 0,
      });

    it('goes round until datapoints of the step have passed for the whole bake', () => {
      const { ends, counted, looks } = judgedReplay(1, 50);
      expect(ends).toEqual({ Succeeded: 1 });
      // The first full minute of the step ends at 120 s, and is seen from 210 s on: at 60, 120 and 180 s there is nothing yet, at 240, 300 and 360 s a pass.
      expect(counted.calls['GetMetricData']).toBe(6);
      expect(looks.filter(({ begins }) => !begins).map(({ atMs }) => Math.round(atMs / 60_000))).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('takes longer where some are refused, which vouch for nothing, and rolls none back', () => {
      const { ends, counted, tookMs } = judgedReplay(20, 0.1);
      expect(ends).toEqual({ Succeeded: 20 });
      expect(counted.throttled['GetMetricData']).toBeGreaterThan(20);
      // Each needs three passes, and 0.1 calls a second are answered.
      expect(tookMs).toBeGreaterThan(600_000);
    });

    it('ends in a rollback where none is answered for longer than the hold', () => {
      expect(judgedReplay(2, 1e-9).ends).toEqual({ 'rolledBack: error': 2 });
    });
  });

  it('is the same for the same seed, and another one for another', () => {
    const quotas = { ...largeRegion, partitionWriteUnits: { burst: 2, perSecond: 2 } };
    const tookMs = (seed: number) => replay({ rollouts: 6, templates: [oneStep], quotas, seed }).tookMs;
    expect(tookMs(1)).toBe(tookMs(1));
    expect(tookMs(1)).not.toBe(tookMs(2));
  });
});

describe('demandsOf', () => {
  it('names the quota first that takes longest, with what a rollout takes of it', () => {
    const [first] = demandsOf([oneStep], 10_000, largeRegion);
    expect(first).toEqual({ quota: 'StartExecution', perRollout: 1, seconds: 29 });
    expect(demandsOf([oneStep], 10_000, largeRegion)).toContainEqual({ quota: 'write units of "locks"', perRollout: 2, seconds: 19 });
    expect(undisturbedMs(oneStep)).toBe(60_050);
  });

  it('is shared by the keys that a partition is spread over', () => {
    const template: Template = [task('RunAnalysis', 5, write(0, 1, 'locks#3'))];
    const units = demandsOf(spreadEvenly([template]), 16_000, largeRegion).filter(({ quota }) => quota.includes('locks#'));
    expect(units.map(({ quota }) => quota)).toHaveLength(16);
    expect(units).toContainEqual({ quota: 'write units of "locks#f"', perRollout: 1 / 8, seconds: 1 });
  });
});

describe('latenessOf', () => {
  const look = (seconds: number, begins = false) => ({ rollout: 'a', step: 0, atMs: seconds * 1000, begins });

  it('counts a look from the one before it, and a step from its beginning', () => {
    const looks = [look(0, true), look(60), look(121), look(180)];
    expect(latenessOf(looks, { ...plan, bakeSeconds: 180 })).toEqual({ looks: [0, 1_000, 0], steps: [0] });
  });

  it('tells of a step whose bake went on', () => {
    expect(latenessOf([look(0, true), look(60), look(120)], plan)).toEqual({ looks: [0, 0], steps: [60_000] });
  });
});

describe('a step that waits for datapoints', () => {
  const plan210 = { ...plan, bakeSeconds: 180, evidenceSeconds: 210 };
  const look = (seconds: number, isAnswered = true) => ({ rollout: 'a', step: 0, atMs: seconds * 1000, begins: seconds === 0, isAnswered });

  it('is late beyond these and its bake, and its looks beyond an interval', () => {
    const looks = [0, 60, 120, 180, 241, 301, 361].map((seconds) => look(seconds));
    expect(latenessOf(looks, plan210)).toEqual({ looks: [0, 0, 0, 1_000, 0, 0], steps: [-29_000] });
  });

  it('is silent from one answer to the next', () => {
    expect(silencesOf([look(0), look(60, false), look(120), look(180), look(240, false), look(300, false), look(360)])).toEqual([
      120_000, 60_000, 180_000,
    ]);
  });
});

describe('EventQueue', () => {
  it('lets things happen in the order of their times, and of their coming where these are the same', () => {
    const queue = new EventQueue();
    const seen: string[] = [];
    for (const [ms, name] of [
      [5, 'e'],
      [1, 'a'],
      [3, 'c'],
      [1, 'b'],
      [3, 'd'],
    ] as const) {
      queue.after(ms, () => seen.push(`${name}${queue.now()}`));
    }
    queue.run();
    expect(seen).toEqual(['a1', 'b1', 'c3', 'd3', 'e5']);
  });
});
