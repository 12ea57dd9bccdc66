import { describe, expect, it } from 'vitest';
import { reportOf, type ScenarioReport } from '../../../cli/demo/report.ts';
import { currentRollout, exposureMs, measuredShare, reactionMs, setShare } from '../../../cli/demo/state.ts';
import { answered, asked, atHalf, saved, scenario, second, startMs, stateAfter, told, undone, weight } from './observed-events.ts';

const rolloutAfter = (events: Parameters<typeof stateAfter>[0]) => {
  const rollout = currentRollout(stateAfter(events).report);
  if (rollout === undefined) throw new Error('no rollout was seen');
  return rollout;
};

describe('what the demo knows', () => {
  it('counts answers by version, and those of nobody apart', () => {
    const { requests, unanswered } = stateAfter([answered(1, 'v1'), answered(2, 'v2', true), answered(3, undefined, true)]).report;
    expect({ requests, unanswered }).toEqual({ requests: { v1: { served: 1, failed: 0 }, v2: { served: 0, failed: 1 } }, unanswered: 1 });
  });

  it('counts the answers of a rollout from its start', () => {
    expect(rolloutAfter([answered(1, 'v1'), saved(10), answered(11, 'v1'), answered(12, 'v2')]).requests).toEqual({
      v1: { served: 1, failed: 0 },
      v2: { served: 1, failed: 0 },
    });
  });

  it.each([
    ['answers of the last two seconds', [answered(1, 'v1'), answered(5, 'v1'), answered(6, 'v2')], 0.5],
    ['no answer at all', [], undefined],
    ['answers that are all older', [answered(1, 'v1'), second(5)], undefined],
  ])('measures the split from %s', (_, events, share) => {
    expect(measuredShare(stateAfter(events), 'v2')).toBe(share);
  });

  it('keeps what was set and what was measured, second by second', () => {
    expect(rolloutAfter(atHalf).shares.map(({ set, measured }) => [set, measured])).toEqual([
      [0.1, 0],
      [0.5, 0.5],
    ]);
  });

  it('keeps what had been answered, second by second', () => {
    const { seconds } = stateAfter([answered(1, 'v1'), second(1), answered(2, 'v1', true), second(2)]).report;
    expect(seconds.map(({ requests }) => requests)).toEqual([{ v1: { served: 1, failed: 0 } }, { v1: { served: 1, failed: 1 } }]);
  });

  it('takes everything for set once a promotion has returned the traffic', () => {
    expect(setShare(rolloutAfter([saved(10), weight(11, 100), told(12, 'trafficReturned'), weight(12, 0)]))).toBe(1);
  });

  it('takes the time from the first bad answer, and from the alarm, to the last request that the canary was given', () => {
    const rollout = rolloutAfter(undone);
    expect([exposureMs(rollout), reactionMs(rollout)]).toEqual([2100, 100]);
    expect(rollout.stableWrittenAtMs).toBe(startMs + 17_200);
  });

  it('knows no such time where no answer was bad', () => {
    expect(exposureMs(rolloutAfter([saved(10), asked(11), answered(12, 'v2')]))).toBeUndefined();
  });

  it('keeps one report for each rollout', () => {
    const { rollouts } = stateAfter([saved(10), saved(20, { rolloutId: 'checkout-000002' }), weight(21, 10)]).report;
    expect(rollouts.map(({ rolloutId, weights }) => [rolloutId, weights.length])).toEqual([
      ['checkout-000001', 0],
      ['checkout-000002', 1],
    ]);
  });

  it('keeps each analysis once, however often its record is written', () => {
    expect(rolloutAfter([...atHalf, ...atHalf.slice(-1)]).analyses).toHaveLength(1);
  });

  it('makes a report that fits its schema, and says whether all was as stated', () => {
    const report: ScenarioReport = stateAfter(undone).report;
    expect(reportOf(1, [report])).toMatchObject({ outcome: 'asStated', scenarios: [{ scenario: scenario.name }] });
    expect(reportOf(1, [report, { ...report, differences: ['one'] }]).outcome).toBe('differs');
  });
});
