import { describe, expect, it } from 'vitest';
import { unknownDispersion } from '../../../../core/analysis/proportion/dispersion.ts';
import { judgeProportion } from '../../../../core/analysis/proportion/judge-proportion.ts';
import type { ProportionQuestion, ProportionState } from '../../../../core/analysis/proportion/question.ts';
import { blockOf, same } from './blocks.ts';

const question: ProportionQuestion = {
  name: 'successRate',
  badMeans: 'failed',
  margin: { ratio: 1.2, excess: 0.001 },
  falseAlarmLevel: 0.01,
  requests: 50,
  isAlone: false,
};
const usual = {
  prior: unknownDispersion,
  stepIndex: 0,
  stepCount: 5,
  weight: 0.1,
  windowSeconds: 300,
  lagSeconds: 12,
  mirrored: new Set<number>(),
  silentSeconds: 0,
};
const judge = (blocks: ProportionState['blocks'], state: Partial<ProportionState> = {}, asked: Partial<ProportionQuestion> = {}) =>
  judgeProportion({ ...question, ...asked }, { ...usual, blocks, ...state });

describe('the verdict on a proportion', () => {
  it('is inconclusive without an answer of the canary, and says so', () => {
    expect(judge([])).toMatchObject({
      verdict: 'inconclusive',
      reason: 'successRate has no data: no request to the canary was counted yet.',
    });
    expect(judge(same(5, [0, 0, 3, 900]))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is inconclusive without anything to compare with', () => {
    expect(judge(same(5, [0, 100, 0, 0]))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('nothing to compare with'),
    });
  });

  it('is inconclusive until the step has answered as many requests as it needs', () => {
    expect(judge([...same(9, [0, 100, 9, 900], 0), blockOf([0, 20, 9, 900], 1)], { stepIndex: 1 })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^successRate has too little traffic: 20 of the 50 requests that this step needs\. A higher weight/),
    });
  });

  it('passes where nothing speaks against the canary, and says how much traffic would show a change', () => {
    expect(judge(same(10, [1, 100, 9, 900]))).toMatchObject({
      verdict: 'pass',
      value: 0.01,
      reason: expect.stringMatching(
        /^successRate: 1 % of the canary's 1,000 requests failed, 1 % of stable's 9,000 in 5m; 1\.3 % is allowed\. The canary's share exceeds stable's by -[\d.]+ % to [\d.]+ % \(95 %\)\. Evidence 0\.\d+ of the 100 that fail it\. To see twice that margin it needs some [\d,]+ requests more\.$/,
      ),
    });
    expect(judge(same(100, [100, 10_000, 900, 90_000])).reason).toMatch(/that fail it\.$/);
  });

  it('fails where the evidence is enough, and says by how much the canary is worse', () => {
    const { verdict, reason, evidence, enough } = judge(same(10, [6, 100, 9, 900]));
    expect([verdict, enough]).toEqual(['fail', 100]);
    expect(evidence).toBeGreaterThanOrEqual(100);
    expect(reason).toMatch(
      /^successRate: 6 % of the canary's 1,000 requests failed, 1 % of stable's 9,000 in 5m; 1\.3 % is allowed\. The canary's share exceeds stable's by [\d.]+ % to [\d.]+ % \(95 %\)\./,
    );
    expect(reason).toMatch(/of the 100 that fail it \(false-alarm level 1 %\)\.$/);
  });

  it('fails a canary whose every answer is bad as soon as three blocks say so, too few as they are', () => {
    expect(judge(same(3, [5, 5, 0, 495]))).toMatchObject({ verdict: 'fail' });
    expect(judge(same(1, [15, 15, 0, 1485]))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('keeps no number that a store could not', () => {
    expect(judge(same(100, [100_000, 100_000, 0, 900_000]))).toMatchObject({ verdict: 'fail', evidence: 1e12 });
  });

  it('is not moved by one blip', () => {
    expect(judge([...same(20, [1, 100, 9, 900]), blockOf([40, 100, 9, 900])])).toMatchObject({ verdict: 'pass' });
  });

  it('compares with what stable did before, and with more room, where nothing of stable answers any more', () => {
    const before = same(30, [1, 100, 9, 900], 0);
    const atFull = (bad: number) => judge([...before, ...same(30, [bad, 1000, 0, 0], 1)], { stepIndex: 1, weight: 1 });
    expect(atFull(10)).toMatchObject({ verdict: 'pass' });
    expect(atFull(15)).toMatchObject({ verdict: 'pass' });
    expect(atFull(60)).toMatchObject({ verdict: 'fail' });
  });

  it('gives the figures of its sentence', () => {
    const { comparison } = judge(same(10, [6, 100, 9, 900]));
    expect(comparison).toMatchObject({
      canary: { all: 1000, bad: 60 },
      stable: { all: 9000, bad: 90 },
      allowedShare: expect.closeTo(0.013, 10),
      windowSeconds: 300,
    });
    expect(comparison?.excess?.low).toBeGreaterThan(0.01);
    expect(comparison?.excess?.high).toBeLessThan(0.1);
  });

  it('judges by the objective of the service, where there is one and nothing of stable answers any more', () => {
    const before = same(30, [1, 100, 9, 900], 0);
    const atFull = (bad: number) =>
      judge([...before, ...same(30, [bad, 1000, 0, 0], 1)], { stepIndex: 1, weight: 1 }, { allowedAlone: 0.005 });
    expect(atFull(4)).toMatchObject({ verdict: 'pass', comparison: { allowedShare: 0.005 } });
    expect(atFull(15)).toMatchObject({ verdict: 'fail' });
    expect(judge(before, {}, { allowedAlone: 0.005 })).toMatchObject({
      verdict: 'pass',
      comparison: { allowedShare: expect.closeTo(0.013, 10) },
    });
  });

  it('judges by the objective alone at every step, where stable is no baseline', () => {
    const alone = { isAlone: true, allowedAlone: 0.01 };
    const good = judge(same(30, [1, 1000, 500, 1000]), {}, alone);
    expect(good).toMatchObject({ verdict: 'pass', comparison: { allowedShare: 0.01, stable: { all: 0, bad: 0 } } });
    expect(good.comparison).not.toHaveProperty('excess');
    expect(good.reason).toMatch(/^successRate: 0\.1 % of the canary's 30,000 requests failed in 5m; 1 % is allowed\. Evidence/);
    expect(judge(same(10, [50, 1000, 50, 1000]), {}, alone)).toMatchObject({ verdict: 'fail' });
    expect(judge(same(10, [0, 100, 0, 0]), {}, alone)).toMatchObject({ verdict: 'pass' });
  });

  it('spends nothing at full weight after copies, where the canary fails as much as stable did beside them', () => {
    const mirrored = new Set([0]);
    const healthy = judge(
      [...same(10, [10, 1000, 10, 1000], 0), ...same(10, [10, 1000, 0, 0], 1)],
      { mirrored, stepIndex: 1, stepCount: 2, weight: 1 },
      { budget: { badAnswers: 50 } },
    );
    expect(healthy).toMatchObject({ verdict: 'pass', comparison: { cost: { spent: expect.closeTo(0, 6) } } });
  });

  it('fails where the budget of the rollout is spent, whatever the evidence, and says what it cost', () => {
    const few = same(10, [3, 100, 9, 900]);
    const spent = judge(few, {}, { budget: { badAnswers: 20 }, falseAlarmLevel: 1e-9 });
    expect(spent).toMatchObject({ verdict: 'fail', comparison: { cost: { spent: expect.closeTo(20, 6), budget: 20 } } });
    expect(spent.reason).toMatch(/That is 20 bad answers above baseline(, and \d+ more are under way)?: the budget of 20 is spent\.$/);
    expect(judge(few, {}, { budget: { badAnswers: 200 }, falseAlarmLevel: 1e-9 })).toMatchObject({ verdict: 'pass' });
  });

  it('reckons with what is under way before a rollback has its effect, once the comparison leans against the canary', () => {
    const all = (lagSeconds: number) =>
      judge(same(10, [3, 100, 9, 900]), { lagSeconds, windowSeconds: 100 }, { budget: { badAnswers: 30 }, falseAlarmLevel: 1e-9 });
    expect(all(1)).toMatchObject({ verdict: 'pass' });
    expect(all(60)).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('more are under way') });
  });

  it('counts no copy of a request, which costs nobody anything', () => {
    const copies = judge(same(10, [1, 100, 9, 900]), { mirrored: new Set([0]) }, { budget: { badAnswers: 1 } });
    expect(copies).toMatchObject({ verdict: 'pass', comparison: { cost: { spent: 0, underWay: 0 } } });
  });
});
