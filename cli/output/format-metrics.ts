import { showCount, showShare } from '../../core/analysis/proportion/show.ts';
import type { StepNeed } from '../../core/plan/step-needs.ts';
import { type ProportionSurvey, type QuerySurvey, roughly } from '../../core/preflight/metric-survey.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import type { Paint } from './colour.ts';
import { formatTable } from './table.ts';

export interface Surveyed {
  readonly proportions: readonly ProportionSurvey[];
  readonly queries: readonly QuerySurvey[];
}

/** What each metric answers before a rollout, and what its steps need, indented as part of a rollout. */
export function formatMetrics({ proportions, queries }: Surveyed, paint: Paint): string[] {
  return [...proportions.map((survey) => proportionText(survey, paint)), ...queries.map(queryText)].map((text) => indented(text, '  '));
}

function proportionText(survey: ProportionSurvey, paint: Paint): string {
  if (survey.status !== 'value') return `${survey.name}: ${survey.status === 'noData' ? 'no data' : 'not asked'}`;
  const { name, badMeans, usual } = survey;
  const { requestsPerSecond, badShare, dispersion } = usual;
  const share = badShare === 0 ? 'none' : showShare(badShare);
  const rate = `stable answers ${round(requestsPerSecond)} requests/s, of which ${share} ${badMeans}${scatterText(badShare, dispersion)}`;
  const rows = survey.steps.map((step) => stepRow(step, paint));
  const table = formatTable([['step', 'weight', 'canary', 'needs', 'takes', 'bake'], ...rows]);
  return `${name}: ${rate} (last ${formatDuration(usual.seconds)})\n${indented(table, '  ')}`;
}

/** Where none was bad, nobody knows how they would come: clumps are reckoned with. */
function scatterText(badShare: number, dispersion: number): string {
  if (badShare === 0) return `; until some do, clumps of ${round(dispersion)} are reckoned with`;
  return dispersion <= 1 ? '' : `, scattered ${round(dispersion)} times as much as independent ones`;
}

function stepRow(step: StepNeed, paint: Paint): string[] {
  const { index, weight, mirrored, canaryRequestsPerSecond, requestsNeeded, secondsNeeded, bakeSeconds, isLongEnough } = step;
  return [
    String(index + 1),
    mirrored ? `mirror ${weight}` : String(weight),
    `${round(canaryRequestsPerSecond)} requests/s`,
    requestsNeeded === undefined ? '-' : `${round(requestsNeeded)} requests`,
    secondsNeeded === undefined ? 'for ever' : roughly(secondsNeeded),
    isLongEnough ? formatDuration(bakeSeconds) : `${formatDuration(bakeSeconds)} ${paint('yellow', 'too short')}`,
  ];
}

function queryText({ name, answer, asksForCanary, tookMs }: QuerySurvey): string {
  const took = `(${Math.round(tookMs)} ms)`;
  if (answer.status === 'value') return `${name}: ${round(answer.value)} now ${took}`;
  if (answer.wrongQuestion === true) return `${name}: refused ${took}`;
  if (answer.status === 'unavailable') return `${name}: not asked ${took}`;
  return asksForCanary ? `${name}: no data yet, since it asks for the canary ${took}` : `${name}: no data ${took}`;
}

/** Three digits tell enough of what is different tomorrow. */
function round(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return Math.abs(value) >= 100 ? showCount(rounded) : String(rounded);
}

function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => indent + line)
    .join('\n');
}
