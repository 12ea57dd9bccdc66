import type { NoAnswer } from '../metric-ports.ts';
import { shorten } from '../shorten.ts';

/** How the values that Prometheus answers are read: a metric is one number, of one series. */

/** What an answer comes to, before it has the name and the time of its measurement. */
export type Outcome = { readonly status: 'value'; readonly value: number } | NoValue;
type NoValue = { readonly status: 'noData' | 'unavailable' } & NoAnswer;

/** As Go writes a float: JavaScript reads more than that as a number, such as `0x10` and an empty text. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** NaN for what is no finite number. */
export function numberOf(text: string): number {
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

export function readValue(text: string): Outcome {
  if (text === 'NaN') {
    return { status: 'noData', why: 'The query answers NaN, as a ratio does while there is no traffic: 0 divided by 0.' };
  }
  if (text === '+Inf' || text === '-Inf') {
    return { status: 'noData', why: `The query answers ${text}, as a ratio does whose divisor is 0.` };
  }
  const value = numberOf(text);
  return Number.isNaN(value)
    ? { status: 'unavailable', why: `Prometheus answers ${JSON.stringify(text.slice(0, 50))}, which is no number.` }
    : { status: 'value', value };
}

/** The only series of an answer: none, or several, are no answer to a question that asks for one number. */
export function oneOf<Series extends { readonly metric: Readonly<Record<string, string>> }>(series: readonly Series[]): Series | NoValue {
  const [only, ...others] = series;
  if (only === undefined) {
    return { status: 'noData', why: 'The query answers no series: no traffic yet, or a label that does not match.' };
  }
  if (others.length === 0) return only;
  const examples = series.slice(0, 2).map(({ metric }) => show(metric));
  return {
    status: 'noData',
    why: `The query answers ${series.length} series, such as ${examples.join(' and ')}; aggregate them into one with sum or max.`,
    wrongQuestion: true,
  };
}

function show(metric: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(metric).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return shorten(`{${pairs.join(', ')}}`, 300);
}
