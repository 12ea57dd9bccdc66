import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { specSource } from '../../core/rollout/rollout-for-tests.ts';
import { type Interval, judgedRollout, type Look, type Mishap, type Weather } from './judged-rollout.ts';

/** J1 to J3 through all that judges a rollout, for specs of every kind. */

type Metrics = NonNullable<RolloutSpecSource['analysis']['metrics']>;
type Policies = NonNullable<RolloutSpecSource['policies']>;

const query = fc.record({
  name: fc.constant('saturation'),
  query: fc.constant('saturation'),
  bounds: fc.constantFrom({ max: 1 }, { min: 0 }, { min: 0, max: 1 }),
  failures: fc.record({ consecutive: fc.integer({ min: 2, max: 4 }), total: fc.integer({ min: 2, max: 8 }) }),
});
const requests = fc.integer({ min: 1, max: 50 });
const margin = fc.record({ ratio: fc.double({ min: 1, max: 3, noNaN: true }), excess: fc.constantFrom('0%', '0.1%', '2%') });

/** At least one, of three kinds. */
const metrics: fc.Arbitrary<Metrics> = fc
  .record({
    saturation: fc.option(query, { nil: undefined }),
    successRate: fc.option(fc.record({ margin, requests }), { nil: undefined }),
    latency: fc.option(fc.record({ above: fc.constantFrom('200ms', '1s'), share: fc.constantFrom('0%', '1%'), requests }), {
      nil: undefined,
    }),
  })
  .filter((some) => Object.values(some).some((each) => each !== undefined))
  .map(({ saturation, successRate, latency }) => [
    ...(saturation === undefined
      ? []
      : [{ name: saturation.name, query: saturation.query, ...saturation.bounds, failures: saturation.failures }]),
    ...(successRate === undefined ? [] : [{ successRate }]),
    ...(latency === undefined ? [] : [{ latency }]),
  ]);

/** Weights that rise to all of it, and not at once: then there were nothing to compare with. */
const steps = fc
  .uniqueArray(fc.record({ weight: fc.integer({ min: 1, max: 99 }), intervals: fc.integer({ min: 1, max: 15 }) }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ weight }) => weight,
  })
  .map((some) => [...some.sort((one, other) => one.weight - other.weight), { weight: 100, intervals: 3 }]);

const onDeadline = fc.constantFrom('abort' as const, 'advance' as const, 'pause' as const);
/** Holds that outlast the beginning of a step, in which nothing is known yet. */
const policies: fc.Arbitrary<Policies> = fc.record({
  noData: fc.record({ hold: fc.constantFrom('3m', '5m'), onDeadline }),
  sourceDown: fc.record({ hold: fc.constantFrom('1s', '2m', '5m'), onDeadline }),
});

const specs = fc
  .record({ interval: fc.constantFrom(5, 10, 30), metrics, steps, policies, falseAlarmLevel: fc.constantFrom('0.1%', '1%', '20%') })
  .map(({ interval, metrics, steps, policies, falseAlarmLevel }): Partial<RolloutSpecSource> => {
    const { prometheus } = specSource().analysis;
    return {
      analysis: { interval: `${interval}s`, prometheus, metrics, falseAlarmLevel, alarms: [], alerts: [] } as RolloutSpecSource['analysis'],
      steps: steps.map(({ weight, intervals }) => ({ weight, bake: `${intervals * interval}s` })),
      policies,
      deadlines: { rollout: '12h' },
    };
  });

/** A service whose usual share of bad answers is constant, and a canary that gives no more of them: rounded up for stable, and down for the canary. */
const service = fc
  .record({
    usual: fc.constantFrom(0, 0.001, 0.03),
    traffic: fc.infiniteStream(
      fc.record({
        canary: fc.integer({ min: 50, max: 500 }),
        stable: fc.integer({ min: 50, max: 5_000 }),
        value: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    ),
  })
  .map(({ usual, traffic }) => {
    const drawn: Interval[] = [];
    return (look: number, isFullWeight: boolean): Interval => {
      while (drawn.length <= look) {
        const { canary, stable, value } = traffic.next().value;
        drawn.push({
          canary: { all: canary, bad: Math.floor(canary * usual) },
          stable: { all: stable, bad: Math.ceil(stable * usual) },
          value,
        });
      }
      const interval = drawn[look] as Interval;
      return isFullWeight ? { ...interval, stable: { all: 0, bad: 0 } } : interval;
    };
  });

const mishap = fc.constantFrom<Mishap>('down', 'noData', 'NaN', 'Infinity');
const moment = fc.nat({ max: 40 });
const numRuns = 100;

const lastOf = (looks: readonly Look[]) => looks.at(-1)?.decision;
const goesOn = ({ decision }: Look) => decision.action === 'advance' || decision.action === 'promote';
const healthy: Weather['mishap'] = () => undefined;

/** What a spec says to do where a hold is over is done, and said. */
function isDeclared({ decision }: Look, declared: 'abort' | 'advance' | 'pause' | undefined): boolean {
  switch (decision.action) {
    case 'abort':
      return declared === 'abort' && (decision.reason === 'inconclusive' || decision.reason === 'error');
    case 'pause':
      return declared === 'pause';
    default:
      return declared === 'advance' && decision.why.includes('The spec says to advance.');
  }
}

describe('a rollout whose canary is no worse than stable', () => {
  it('is promoted, whatever its spec says', async () => {
    await fc.assert(
      fc.asyncProperty(specs, service, async (change, interval) => {
        expect(lastOf(await judgedRollout(change, { interval, mishap: healthy }))).toMatchObject({ action: 'promote' });
      }),
      { numRuns },
    );
  });

  it('J1, J2: is promoted all the same where one look finds a source down, no data or no number, which is no time baked', async () => {
    await fc.assert(
      fc.asyncProperty(specs, service, moment, mishap, async (change, interval, at, what) => {
        const undisturbed = await judgedRollout(change, { interval, mishap: healthy });
        const looks = await judgedRollout(change, { interval, mishap: (look) => (look === at ? what : undefined) });
        expect(lastOf(looks)).toMatchObject({ action: 'promote' });
        const disturbed = looks[at];
        if (disturbed === undefined) return;
        const costsALook = undisturbed[at]?.verdict.verdict === 'pass' ? 1 : 0;
        expect(looks.length).toBeGreaterThanOrEqual(undisturbed.length + costsALook);
        expect(['inconclusive', 'unavailable']).toContain(disturbed.verdict.verdict);
        expect(disturbed.decision.action).toBe('hold');
        expect(disturbed.bakedMs).toBe(disturbed.bakedBeforeMs);
      }),
      { numRuns },
    );
  });

  it('is promoted all the same where one look finds every answer of the canary bad and every value out of its bounds', async () => {
    await fc.assert(
      fc.asyncProperty(specs, service, moment, async (change, interval, at) => {
        const blip: Weather['interval'] = (look, isFullWeight) => {
          const usual = interval(look, isFullWeight);
          return look === at
            ? { ...usual, canary: { all: usual.canary.all, bad: usual.canary.all }, value: isBelow(change) ? -1 : 2 }
            : usual;
        };
        expect(lastOf(await judgedRollout(change, { interval: blip, mishap: healthy }))).toMatchObject({ action: 'promote' });
      }),
      { numRuns },
    );
  });
});

function isBelow({ analysis }: Partial<RolloutSpecSource>): boolean {
  return (analysis?.metrics ?? []).some((metric) => typeof metric === 'object' && 'query' in metric && metric.max === undefined);
}

/** For so long little traffic may be silent: J4. */
const silentMs = 60_000;

describe('a rollout whose canary gets no traffic any more', () => {
  it('J1: never passes and never fails, and ends by what its spec declares for want of data', async () => {
    await fc.assert(
      fc.asyncProperty(specs, service, fc.nat({ max: 15 }), fc.boolean(), async (change, interval, from, stableToo) => {
        const silence: Weather['interval'] = (look, isFullWeight) => {
          const usual = interval(look, isFullWeight);
          if (look < from) return usual;
          const none = { all: 0, bad: 0 };
          return { canary: none, stable: stableToo ? none : usual.stable, value: Number.NaN };
        };
        const looks = await judgedRollout(change, { interval: silence, mishap: healthy });
        const silent = looks.filter(({ index }) => index >= from);
        const asks = (change.analysis?.metrics ?? []).some((metric) => typeof metric === 'object' && 'query' in metric);
        const lastAnsweredMs = (looks[from]?.atMs ?? 0) - Number.parseInt(change.analysis?.interval ?? '', 10) * 1000;
        for (const look of silent) {
          expect(look.verdict.verdict).not.toBe('fail');
          const mayPass = !asks && look.atMs - lastAnsweredMs <= silentMs;
          if (mayPass && look.verdict.verdict === 'pass') continue;
          expect(look.verdict.verdict).toBe('inconclusive');
          if (look.decision.action !== 'hold') expect(isDeclared(look, change.policies?.noData?.onDeadline)).toBe(true);
        }
        const wasSilent = silent.some(({ verdict }) => verdict.verdict === 'inconclusive');
        if (!wasSilent) expect(lastOf(looks)).toMatchObject({ action: 'promote' });
      }),
      { numRuns },
    );
  });
});

describe('a rollout of which nothing is measured', () => {
  it('J3: never passes, and ends by what its spec declares', async () => {
    await fc.assert(
      fc.asyncProperty(
        specs,
        service,
        fc.infiniteStream(mishap),
        fc.constantFrom<Mishap | 'all'>('down', 'noData', 'NaN', 'all'),
        async (change, interval, each, only) => {
          const drawn: Mishap[] = [];
          const mishapAt = (look: number) => {
            while (drawn.length <= look) drawn.push(only === 'all' ? each.next().value : only);
            return drawn[look];
          };
          const looks = await judgedRollout(change, { interval, mishap: mishapAt });
          expect(looks.map(({ verdict }) => verdict.verdict)).not.toContain('pass');
          expect(looks.map(({ verdict }) => verdict.verdict)).not.toContain('fail');
          expect(looks.every(({ bakedMs }) => bakedMs === 0)).toBe(true);
          const { noData, sourceDown } = change.policies ?? {};
          for (const look of looks.filter(({ decision }) => decision.action !== 'hold')) {
            const policy = look.verdict.verdict === 'unavailable' ? sourceDown : noData;
            expect(isDeclared(look, policy?.onDeadline)).toBe(true);
          }
          expect(lastOf(looks)?.action).not.toBe('hold');
        },
      ),
      { numRuns },
    );
  });

  it('J3: a canary that gives nothing but bad answers is never promoted', async () => {
    await fc.assert(
      fc.asyncProperty(specs, service, async (change, interval) => {
        const looks = await judgedRollout(change, {
          interval: (look, isFullWeight) => {
            const usual = interval(look, isFullWeight);
            return { ...usual, canary: { all: usual.canary.all, bad: usual.canary.all }, value: isBelow(change) ? -1 : 2 };
          },
          mishap: healthy,
        });
        expect(lastOf(looks)).toMatchObject({ action: 'abort', reason: 'analysis' });
        expect(looks.filter(goesOn).length).toBeLessThanOrEqual(1);
      }),
      { numRuns },
    );
  });
});
