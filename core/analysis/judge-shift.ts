import type { Confidence, MannWhitneySpec } from '../spec/mann-whitney-spec.ts';
import { shiftOf } from './mann-whitney.ts';
import type { Verdict } from './verdict.ts';

/** The quantile of the normal distribution on each side. */
const quantiles: Record<Confidence, number> = { '90%': 1.645, '95%': 1.96, '98%': 2.326, '99%': 2.576 };

/** So small a part of the values is what binary fractions leave of equal ones. */
const dust = 1e-9;

/**
 * Kayenta's judgement of two samples: a shift to the worse side fails where its nearer bound lies beyond the tolerance, and the means differ by the effect
 * asked for. Values that are no finite number are left out, as Kayenta does; too few are inconclusive.
 *
 * It has no guarantee over several looks: each is wrong by itself as often as its confidence says. So it is asked for at the end of a bake only.
 *
 * Source: NetflixACAJudge and MannWhitneyClassifier, https://github.com/spinnaker/spinnaker/tree/main/kayenta/kayenta-judge
 */
export function judgeShift({ name, mannWhitney }: MannWhitneySpec, canary: readonly number[], baseline: readonly number[]): Verdict {
  const { direction, confidence, tolerance, effect, samples } = mannWhitney;
  const [values, others] = [canary.filter(Number.isFinite), baseline.filter(Number.isFinite)];
  const shift = shiftOf(values, others, quantiles[confidence]);
  if (shift === undefined || values.length < samples || others.length < samples) {
    const reason = `${name} has too few values: ${values.length} of the canary and ${others.length} of stable, of the ${samples} that it needs of each.`;
    return { name, verdict: 'inconclusive', reason };
  }
  const least = Math.max(tolerance * Math.abs(shift.estimate), dust * Math.abs(mean(others)));
  const ratio = mean(values) / mean(others);
  const isHigher = direction !== 'decrease' && shift.low > least && (mean(others) === 0 || ratio >= effect);
  const isLower = direction !== 'increase' && shift.high < -least && ratio <= 1 / effect;
  const worse = isHigher || isLower;
  const compared =
    `${name}: the canary's ${values.length} values lie ${show(shift.estimate)} from stable's ${others.length} ` +
    `(${show(shift.low)} to ${show(shift.high)}, ${confidence.replace('%', ' %')}), by the test of Mann and Whitney;`;
  const why = worse ? `${isHigher ? 'higher' : 'lower'} counts as worse.` : 'that is no shift to the worse.';
  return { name, verdict: worse ? 'fail' : 'pass', value: mean(values), reason: `${compared} ${why}` };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
