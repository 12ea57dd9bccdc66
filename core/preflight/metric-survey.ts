import type { StepNeed, UsualAnswers } from '../plan/step-needs.ts';
import { listWords } from '../spec/diagnostic.ts';
import { formatDuration } from '../spec/duration.ts';
import type { Finding } from './finding.ts';
import { type MetricProbe, probeFindings, remedyForOutage } from './metric-findings.ts';

/** What stable tells, before a rollout, of a metric that compares the canary with it. */
export type ProportionSurvey =
  | {
      readonly name: string;
      readonly status: 'value';
      /** What is counted as bad, in words. */
      readonly badMeans: string;
      readonly usual: UsualAnswers;
      readonly steps: readonly StepNeed[];
    }
  | { readonly name: string; readonly status: 'noData' | 'unavailable'; readonly why: string };

/** What a query was answered, and which of the names in it no series has. */
export interface QuerySurvey extends MetricProbe {
  readonly missingNames: readonly string[];
}

/** What is to be known of metrics before a rollout: those of the preflight, and what would keep an analysis from seeing anything. */
export function surveyFindings(proportions: readonly ProportionSurvey[], queries: readonly QuerySurvey[]): Finding[] {
  return [...probeFindings(queries), ...queries.flatMap(queryFindings), ...proportions.flatMap(proportionFindings)];
}

function queryFindings({ name, answer, asksForCanary, missingNames }: QuerySurvey): Finding[] {
  const subject = `metric ${name}`;
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

function proportionFindings(survey: ProportionSurvey): Finding[] {
  const subject = `metric ${survey.name}`;
  if (survey.status !== 'value') return [silentFinding(subject, survey)];
  const { steps } = survey;
  return steps
    .filter(({ isLongEnough }) => !isLongEnough)
    .map((step) => {
      const later = step.index === steps.length - 1 ? '' : ' Left as it is, a later step may see it: evidence adds up.';
      return {
        severity: 'warning',
        subject: `${subject}, step ${step.index + 1}`,
        message: tooShort(step),
        remedy: remedyFor(step) + later,
      };
    });
}

function silentFinding(subject: string, { status, why }: Exclude<ProportionSurvey, { readonly status: 'value' }>): Finding {
  if (status === 'unavailable') {
    return { severity: 'unread', subject, message: `Not asked: ${why}`, remedy: remedyForOutage };
  }
  const remedy =
    'See that the service has traffic, and that Prometheus scrapes the proxies that send it: a canary has nothing to be compared with.';
  return { severity: 'warning', subject, message: why, remedy };
}

function tooShort({ secondsNeeded, bakeSeconds }: StepNeed): string {
  if (secondsNeeded === undefined)
    return 'This step cannot see twice the margin, however long it is: the margin leaves no room above what is usual.';
  return `This step is too short to see twice the margin: needs ${roughly(secondsNeeded)}, bakes ${formatDuration(bakeSeconds)}.`;
}

/** Longer than that nobody bakes a step. */
const longestBakeSeconds = 86_400;

function remedyFor({ secondsNeeded, weightThatWouldDo, mirrored }: StepNeed): string {
  if (secondsNeeded === undefined) return 'Narrow the margin, or judge by a query with a threshold.';
  const ways = [
    ...(secondsNeeded > longestBakeSeconds ? [] : [`bake it ${roughly(secondsNeeded)}`]),
    ...(weightThatWouldDo === undefined ? [] : [`${mirrored ? 'mirror' : 'give it a weight of'} ${weightThatWouldDo}`]),
    'widen the margin',
  ];
  return `To see it here, ${listWords(ways)}.`;
}

/** Up to a whole minute from two on: what is expected is no more exact than that. */
export function roughly(seconds: number): string {
  return formatDuration(seconds <= 120 ? Math.ceil(seconds) : Math.ceil(seconds / 60) * 60);
}
