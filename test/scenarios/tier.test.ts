import { describe, expect, it } from 'vitest';
import type { RollbackReason } from '../../core/rollout/record.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { handAlarmEvent } from './by-hand.ts';
import { differences } from './differences.ts';
import { scenarios } from './list.ts';
import { runScenario } from './run-scenario.ts';
import { sandboxTier } from './sandbox-tier.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { type Need, type Tier, whyNotOn } from './tier.ts';

const poor: Tier = {
  ...sandboxTier(),
  name: 'poor',
  exact: false,
  lacks: { mishaps: 'it is poor', lateAlarmEvents: 'it is poor', exactTime: 'it is poor' },
};

const asking = (story: (stage: Stage) => unknown, more: Partial<Scenario> = {}): Scenario => ({
  name: 'planted',
  title: 'Nothing is rolled out, and the story asks its tier for something',
  promises: [],
  requestsPerSecond: 0,
  story: async (stage) => void (await story(stage)),
  expected: { rollouts: [], badAnswers: [0, 0] },
  ...more,
});

const stories: readonly [Need, (stage: Stage) => unknown][] = [
  ['mishaps', (stage) => stage.mishaps.kill('Finish', 0)],
  ['lateAlarmEvents', (stage) => stage.sandbox.bus.injectFault({ kind: 'delay', pattern: handAlarmEvent('ALARM'), delayMs: 1000 })],
  ['exactTime', (stage) => stage.until('nothing', () => true, 1)],
];

describe('what a story needs of its tier', () => {
  it.each(stories)('has to be stated: %s', async (need, story) => {
    const play = (scenario: Scenario) => runScenario(scenario, { clock: new VirtualClock() });
    const silent = asking(story);
    expect(differences(silent, await play(silent))).toEqual([`the story asks for what \`needs\` does not state: ${need}`]);
    const honest = asking(story, { needs: [need] });
    expect(differences(honest, await play(honest))).toEqual([]);
  });

  it.each(stories)('is refused by the name of the reason where the tier lacks it: %s', async (_, story) => {
    const played = runScenario(asking(story), { clock: new VirtualClock(), tier: poor });
    await expect(played).rejects.toMatchObject({ name: 'NotOnThisTier', message: expect.stringContaining('it is poor') });
  });
});

describe('a scenario', () => {
  it.each<[string, Pick<Scenario, 'needs' | 'inProcessBecause'>, Tier, string | undefined]>([
    ['without needs is played everywhere', {}, poor, undefined],
    ['is not played where its need is lacking', { needs: ['mishaps'] }, poor, 'the story chooses, and it is poor'],
    ['is played where nothing is lacking', { needs: ['mishaps'], inProcessBecause: 'so' }, sandboxTier(), undefined],
    ['that shows nothing more in real time is played in process only', { inProcessBecause: 'so' }, poor, 'in process only: so'],
  ])('%s', (_, scenario, tier, why) => {
    const found = whyNotOn(tier, scenario);
    if (why === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(why);
  });
});

describe('where time goes on while machines work', () => {
  const outcomeOf = async (badAnswers: number) => {
    const scenario = asking(() => undefined);
    const outcome = await runScenario(scenario, { clock: new VirtualClock() });
    return { ...outcome, load: { ...outcome.load, failed: badAnswers } };
  };

  it.each([
    ['none is none', [0, 0], 1, 1],
    ['a few more are as good', [5, 10], 40, 0],
    ['far more are not', [5, 10], 41, 1],
    ['fewer are as good, but some', [5, 10], 1, 0],
    ['none at all is not', [5, 10], 0, 1],
  ] as const)('bad answers are counted loosely: %s', async (_, badAnswers, failed, found) => {
    const scenario = asking(() => undefined, { expected: { rollouts: [], badAnswers } });
    expect(differences(scenario, await outcomeOf(failed), { exact: false })).toHaveLength(found);
  });

  it('the other reason that a scenario states is as good, and nowhere else', async () => {
    const stops = scenarios.find(({ name }) => name === 'store-down-for-minutes');
    if (stops === undefined) throw new Error('there is no such scenario');
    const outcome = await runScenario(stops, { clock: new VirtualClock() });
    const endedBy = (rollbackReason: RollbackReason) => ({
      ...outcome,
      rollouts: outcome.rollouts.map((each) => ({ ...each, record: { ...each.record, rollbackReason } })),
    });
    expect(differences(stops, endedBy('timeout'), { exact: false })).toEqual([]);
    expect(differences(stops, endedBy('timeout'))).toHaveLength(1);
    expect(differences(stops, endedBy('drift'), { exact: false })).toHaveLength(1);
  });
});
