import type { HistoryEntry } from '../../core/rollout/record.ts';
import { type Paint, phaseColours } from './colour.ts';
import { formatTime } from './format-status.ts';

/** How the history calls what happened, and how a line says it. */
const words: Readonly<Record<string, string>> = {
  weightSet: 'weight set',
  rollingBack: 'rolling back',
  rolledBack: 'rolled back',
  trafficRestored: 'traffic restored',
  trafficReturning: 'returning',
  trafficReturned: 'traffic returned',
  stableRestored: 'stable restored',
};

/**
 * One line of a rollout's history. The time is UTC.
 *
 * @example
 * 03:01:12  weight set        step 2  weight 50   Weight 50 of 100.
 */
export function formatChange({ atMs, what, phase, stepIndex, weight, reason }: HistoryEntry, paint: Paint): string {
  const time = paint('dim', formatTime(atMs).slice(11));
  const word = paint(phaseColours[phase], (words[what] ?? what).padEnd(16));
  return `${time}  ${word}  step ${stepIndex + 1}  weight ${String(weight).padEnd(3)}  ${reason}`.trimEnd();
}
