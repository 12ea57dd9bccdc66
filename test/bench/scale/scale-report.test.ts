import { describe, expect, it } from 'vitest';
import { largeRegion } from './quotas.ts';
import { holds, type Row, rowOf } from './row.ts';
import { formatAgreement, formatCalls, formatDays, formatRows, formatSweeps } from './scale-report.ts';
import type { Template } from './template.ts';

const plan = { source: 'prometheus', intervalSeconds: 60, bakeSeconds: 60 } as const;
const counted = {
  calls: { Lambda: 20, WriteItems: 40, StateTransition: 60 },
  throttled: { WriteItems: 7 },
  readUnits: 10,
  writeUnits: 80,
  peakConcurrency: 2,
  longestTransitionDelayMs: 0,
};
const template: Template = [{ kind: 'wait', state: 'Bake', waitMs: 60_000 }];

function row(change: Partial<{ ends: Record<string, number>; lateMs: number; how: Row['how'] }> = {}): Row {
  const { ends = { Succeeded: 2 }, lateMs = 100, how = 'real' } = change;
  const looks = ['a', 'b'].flatMap((rollout) => [
    { rollout, step: 0, atMs: 0, begins: true },
    { rollout, step: 0, atMs: 60_000 + lateMs, begins: false },
  ]);
  const result = { counted, looks, ends, tookMs: 61_000 };
  return rowOf({ name: 'waited', how, plan, rollouts: 2, quotas: largeRegion, templates: [template], result });
}

describe('rowOf', () => {
  it('holds where every rollout succeeded and no step was later than its interval', () => {
    expect(holds(row())).toBe(true);
    expect(row()).toMatchObject({ looks: { p50: 0.1, p99: 0.1, max: 0.1 }, lateSteps: 0, succeeded: 2, floorSeconds: 60 });
  });

  it.each([
    ['a step was later than its interval', row({ lateMs: 60_001 })],
    ['a rollout came to no good end', row({ ends: { Succeeded: 1, 'failed in Begin': 1 } })],
    [
      'a quota of CloudWatch makes a step late, and all take longer than it needs',
      { ...row({ lateMs: 60_001 }), demands: [{ quota: 'GetMetricData', perRollout: 19, seconds: 60 }] },
    ],
  ])('does not hold where %s', (_, measured) => {
    expect(holds(measured)).toBe(false);
  });
});

it('holds where steps are late only by what the quota of GetMetricData needs for all', () => {
  expect(holds({ ...row({ lateMs: 60_001 }), demands: [{ quota: 'GetMetricData', perRollout: 19, seconds: 62 }] })).toBe(true);
});

describe('the report', () => {
  it('has a line for each row, beside its floor', () => {
    expect(formatRows([row(), row({ ends: { 'failed in Begin': 2 } })])).toMatchInlineSnapshot(`
      "  row           rollouts  look late: p50, p99, max s  step over: p50, p99, max s  steps late  took  floor  not succeeded  Lambdas
        waited  real  2         0.1, 0.1, 0.1               0.1, 0.1, 0.1               0           61 s  60 s   0              2        holds
        waited  real  2         0.1, 0.1, 0.1               0.1, 0.1, 0.1               0           61 s  60 s   2              2        does not hold"
    `);
  });

  it('says what a rollout asks for, and what was refused', () => {
    expect(formatCalls(row())).toContain('a rollout: Lambda 10, WriteItems 20, StateTransition 30; 5 read units, 40 write units');
    expect(formatCalls(row())).toContain('refused in all: WriteItems 7');
  });

  it('says how far a replay is from the real run', () => {
    const other = { ...row({ how: 'replayed', lateMs: 200 }), counted: { ...counted, calls: { ...counted.calls, Lambda: 21 } } };
    expect(formatAgreement(row(), other)).toContain('Lambda +5 %, GetItem ±0 %, WriteItems +0 %');
    expect(formatAgreement(row(), other)).toContain('0.1 s really, 0.2 s replayed');
  });

  it('says of a sweep that its Lambda would be cut off', () => {
    const result = { counted, tookMs: [40_000, 61_000], timeoutMs: 50_000, longestUnreadMs: 60_000, heapBytes: 2_048 };
    const [, line] = formatSweeps([{ rollouts: 2, alarmsEach: 1, floorSeconds: 60, result }]).split('\n');
    expect(line).toMatch(/2 +1 +61 s of 50 s +is cut off +60 s +60 s/);
  });

  it('shows the first day, each tenth and the last one, and what the store takes of the heap', () => {
    const day = { day: 30, rollouts: 2, items: 1_200, storeBytes: 512 * 1024, heapBytes: 10 * 1024 * 1024, counted, ends: {} };
    const [, line, last] = formatDays({ days: [day], storeHeapBytes: 9 * 1024 * 1024 }).split('\n');
    expect(line).toMatch(/30 +10 MB +1,200 +512 KB +0 +20 +5 +40/);
    expect(last).toContain('items take 9 MB');
  });
});
