import { describe, expect, it } from 'vitest';
import type { StepNeed } from '../../../core/plan/step-needs.ts';
import { type ProportionSurvey, type QuerySurvey, roughly, surveyFindings } from '../../../core/preflight/metric-survey.ts';

const enough: StepNeed = {
  ...{ index: 0, weight: 10, mirrored: false, canaryRequestsPerSecond: 1, requestsNeeded: 60, secondsNeeded: 60, bakeSeconds: 300 },
  ...{ isLongEnough: true, weightThatWouldDo: undefined },
};
const short: StepNeed = { ...enough, secondsNeeded: 840, isLongEnough: false };
const surveyed = (...steps: readonly StepNeed[]): ProportionSurvey => ({
  name: 'successRate',
  status: 'value',
  badMeans: 'failed',
  usual: { requestsPerSecond: 10, badShare: 0, dispersion: 6, seconds: 1800 },
  steps: steps.map((step, index) => ({ ...step, index })),
  stepCount: steps.length,
});
const asked = (more: Partial<QuerySurvey>): QuerySurvey => ({
  name: 'own',
  query: 'up',
  asksForCanary: false,
  answer: { name: 'own', atMs: 0, status: 'value', value: 1 },
  tookMs: 1,
  missingNames: [],
  dryRun: false,
  ...more,
});
const silence = { name: 'own', atMs: 0, status: 'noData', why: 'The query answers no series.' } as const;

describe('what is to be known of metrics before a rollout', () => {
  it('is nothing where all answer, and each step is long enough', () => {
    expect(surveyFindings([surveyed(enough, enough)], [asked({})])).toEqual([]);
  });

  it('are the steps that are too short, in one warning, with what would do', () => {
    const steps = [{ ...short, weightThatWouldDo: 40 }, enough, { ...short, secondsNeeded: 90_000 }, enough];
    expect(surveyFindings([surveyed(...steps)], [])).toEqual([
      {
        severity: 'warning',
        subject: 'metric successRate',
        message: 'These steps are too short to see twice the margin: 1 (needs 14m, bakes 5m), 3 (needs 1d1h, bakes 5m).',
        remedy:
          'step 1: bake it 14m or give it a weight of 40\nA wider margin needs less. Left as they are, later steps may see it: evidence adds up.',
      },
    ]);
  });

  it('promises nothing of later steps where there are none', () => {
    const [found] = surveyFindings([surveyed(enough, short)], []);
    expect(found).toMatchObject({
      message: expect.stringMatching(/^This step is too short/),
      remedy: 'step 2: bake it 14m\nA wider margin needs less.',
    });
  });

  it('is a margin that leaves no room', () => {
    const [found] = surveyFindings([surveyed({ ...short, secondsNeeded: undefined, requestsNeeded: undefined })], []);
    expect(found).toMatchObject({
      message: expect.stringContaining('1 (would need for ever, bakes 5m)'),
      remedy: expect.stringContaining('narrow it'),
    });
  });

  it('is stable’s silence, and a source that is down', () => {
    expect(
      surveyFindings(
        [
          { name: 'a', status: 'noData', why: 'No request to stable was counted in the last half hour.' },
          { name: 'b', status: 'unavailable', why: 'Down.' },
        ],
        [],
      ),
    ).toMatchObject([
      { severity: 'warning', subject: 'metric a' },
      { severity: 'unread', subject: 'metric b', message: 'Not asked: Down.' },
    ]);
  });

  it('is no silence of a query for the canary, whatever it asks for', () => {
    expect(surveyFindings([], [asked({ answer: silence, asksForCanary: true })])).toEqual([]);
    expect(surveyFindings([], [asked({ answer: silence })])).toMatchObject([
      { severity: 'warning', message: `No data now: ${silence.why}` },
    ]);
  });

  describe('of a query that Sluice wrote', () => {
    const readyMade = {
      remedyWhereSilent: 'See that cAdvisor is scraped.',
      thresholds: { name: 'own', max: 0.25, failures: { consecutive: 2, total: 5 } },
    };
    const answer = (value: number) => ({ name: 'own', atMs: 0, status: 'value', value }) as const;

    it('is the silence of what runs now, with what to look at', () => {
      expect(surveyFindings([], [asked({ answer: silence, readyMade })])).toEqual([
        { severity: 'warning', subject: 'metric own', message: `No data now: ${silence.why}`, remedy: 'See that cAdvisor is scraped.' },
      ]);
      expect(surveyFindings([], [asked({ answer: silence, readyMade, asksForCanary: true })])).toEqual([]);
    });

    it('is that what runs now is out of bounds, with which a canary would be rolled back', () => {
      expect(surveyFindings([], [asked({ answer: answer(0.25), readyMade })])).toEqual([]);
      expect(surveyFindings([], [asked({ answer: answer(0.4), readyMade })])).toMatchObject([
        { severity: 'warning', message: 'What runs now has 0.4, above 0.25: a version that is no worse would be rolled back.' },
      ]);
      expect(surveyFindings([], [asked({ answer: answer(Number.NaN), readyMade })])).toEqual([]);
    });
  });

  it('are names that no series has, which explain the silence', () => {
    expect(surveyFindings([], [asked({ answer: silence, missingNames: ['job:errors:rate1m'] })])).toMatchObject([
      { severity: 'warning', message: 'No series has the name job:errors:rate1m now.' },
    ]);
  });
});

it.each([
  [0.2, '1s'],
  [120, '2m'],
  [121, '3m'],
  [5_321, '1h29m'],
  [100_000, '1d4h'],
])('%d seconds are roughly %s', (seconds, text) => {
  expect(roughly(seconds)).toBe(text);
});
