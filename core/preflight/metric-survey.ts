import { breachOf, showValue } from '../analysis/judge-metric.ts';
import type { Measurement } from '../metric-ports.ts';
import type { StepNeed, UsualAnswers } from '../plan/step-needs.ts';
import { listWords } from '../spec/diagnostic.ts';
import { formatDuration } from '../spec/duration.ts';
import type { Finding } from './finding.ts';
import { type MetricProbe, probeFindings, type ReadyMade, remedyForOutage } from './metric-findings.ts';

/** What stable tells, before a rollout, of a metric that compares the canary with it. */
export type ProportionSurvey =
  | {
      readonly name: string;
      readonly status: 'value';
      /** What is counted as bad, in words. */
      readonly badMeans: string;
      readonly usual: UsualAnswers;
      /** Those that it judges. */
      readonly steps: readonly StepNeed[];
      readonly stepCount: number;
    }
  | { readonly name: string; readonly status: 'noData' | 'unavailable'; readonly why: string };

/** What a query was answered, and which of the names in it no series has: none where Sluice wrote it, since one of several has to be there. */
export interface QuerySurvey extends MetricProbe {
  readonly missingNames: readonly string[];
}

/** What is to be known of metrics before a rollout: those of the preflight, and what would keep an analysis from seeing anything. */
export function surveyFindings(proportions: readonly ProportionSurvey[], queries: readonly QuerySurvey[]): Finding[] {
  return [...probeFindings(queries), ...queries.flatMap(queryFindings), ...proportions.flatMap(proportionFindings)];
}

function queryFindings({ name, answer, asksForCanary, missingNames, readyMade }: QuerySurvey): Finding[] {
  const subject = `metric ${name}`;
  if (readyMade !== undefined) return asksForCanary ? [] : readyMadeFindings(subject, answer, readyMade);
  const missing = missingNames.map(
    (missed): Finding => ({
      severity: 'warning',
      subject,
      message: `No series has the name ${missed} now.`,
      remedy: 'Correct the name; or where it is a recording rule, load it. A counter that begins with its first event is there later.',
    }),
  );
  const isSilent = answer.status === 'noData' && answer.wrongQuestion !== true && !asksForCanary && missing.length === 0;
  if (!isSilent) return missing;
  const remedy = 'It names no canary, so a rollout brings no data either: see that its labels match, and that there is traffic.';
  return [{ severity: 'warning', subject, message: `No data now: ${answer.why}`, remedy }];
}

/** Of what runs before a rollout: a canary that is no worse would have no data either, or be out of bounds as well. */
function readyMadeFindings(subject: string, answer: Measurement, { remedyWhereSilent, thresholds }: ReadyMade): Finding[] {
  if (answer.status === 'noData' && answer.wrongQuestion !== true) {
    return [{ severity: 'warning', subject, message: `No data now: ${answer.why}`, remedy: remedyWhereSilent }];
  }
  const breach = answer.status === 'value' && Number.isFinite(answer.value) ? breachOf(thresholds, answer.value) : undefined;
  if (answer.status !== 'value' || breach === undefined) return [];
  const message = `What runs now has ${showValue(answer.value)}, ${breach}: a version that is no worse would be rolled back.`;
  return [{ severity: 'warning', subject, message, remedy: 'Choose its min or max by what is usual, or mend that first.' }];
}

function proportionFindings(survey: ProportionSurvey): Finding[] {
  const subject = `metric ${survey.name}`;
  if (survey.status !== 'value') return [silentFinding(subject, survey)];
  const short = survey.steps.filter(({ isLongEnough }) => !isLongEnough);
  if (short.length === 0) return [];
  const which = `${short.length === 1 ? 'This step is' : 'These steps are'} too short to see twice the margin`;
  const needs = short.map(({ index, secondsNeeded, bakeSeconds }) => {
    const needed = secondsNeeded === undefined ? 'would need for ever' : `needs ${roughly(secondsNeeded)}`;
    return `${index + 1} (${needed}, bakes ${formatDuration(bakeSeconds)})`;
  });
  return [{ severity: 'warning', subject, message: `${which}: ${needs.join(', ')}.`, remedy: remedyFor(short, survey.stepCount) }];
}

function silentFinding(subject: string, { status, why }: Exclude<ProportionSurvey, { readonly status: 'value' }>): Finding {
  if (status === 'unavailable') {
    return { severity: 'unread', subject, message: `Not asked: ${why}`, remedy: remedyForOutage };
  }
  const remedy =
    'See that the service has traffic, and that Prometheus scrapes the proxies that send it: a canary has nothing to be compared with.';
  return { severity: 'warning', subject, message: why, remedy };
}

/** Longer than that nobody bakes a step. */
const longestBakeSeconds = 86_400;

function remedyFor(short: readonly StepNeed[], stepCount: number): string {
  if (short.some(({ secondsNeeded }) => secondsNeeded === undefined)) {
    return 'The margin leaves no room above what is usual: narrow it, or judge by a query with a threshold.';
  }
  const ways = short.flatMap(({ index, secondsNeeded = 0, weightThatWouldDo, mirrored }) => {
    const bake = secondsNeeded > longestBakeSeconds ? [] : [`bake it ${roughly(secondsNeeded)}`];
    const weigh = weightThatWouldDo === undefined ? [] : [`${mirrored ? 'mirror' : 'give it a weight of'} ${weightThatWouldDo}`];
    const step = [...bake, ...weigh];
    return step.length === 0 ? [] : [`step ${index + 1}: ${listWords(step)}`];
  });
  const later = short.some(({ index }) => index < stepCount - 1) ? ' Left as they are, later steps may see it: evidence adds up.' : '';
  return [...ways, `A wider margin needs less.${later}`].join('\n');
}

/** In units that say no more than is known: what is expected is different tomorrow. */
export function roughly(seconds: number): string {
  const unit = seconds <= 120 ? 1 : seconds < longestBakeSeconds ? 60 : 3_600;
  return formatDuration(Math.ceil(seconds / unit) * unit);
}
