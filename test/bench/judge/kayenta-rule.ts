import { shiftOf } from '../../../core/analysis/mann-whitney.ts';
import { createMeasure, type Meter } from './meter.ts';
import type { Counted, Rule } from './rule.ts';
import { blocksPerStep } from './world.ts';

/** A rule as Kayenta's NetflixACAJudge has it. */
export interface KayentaOptions {
  /** The quantile of its confidence, 98 % on both sides. */
  readonly z: number;
  /** The canary fails where the shift's lower bound is above so much of its estimate, */
  readonly tolerance: number;
  /** and its mean is so many times the baseline's: Kayenta's effect size, which allows any by default. */
  readonly leastRatio: number;
}

/** https://github.com/spinnaker/spinnaker/tree/main/kayenta/kayenta-judge: confLevel 0.98, tolerance 0.25. */
export const kayentaAsPublished: KayentaOptions = { z: 2.326, tolerance: 0.25, leastRatio: 1 };

/** A value each minute, Kayenta's default step; judged at the end of each step of the rollout, by all values so far. */
export function kayentaRule<C extends Counted>(name: string, { z, tolerance, leastRatio }: KayentaOptions, meter: Meter<C>): Rule<C> {
  return {
    name,
    begin: () => {
      const measureCanary = createMeasure(meter, 60);
      const measureStable = createMeasure(meter, 60);
      const canary: number[] = [];
      const stable: number[] = [];
      return (block, index) => {
        keep(canary, measureCanary(block?.canary, index));
        keep(stable, measureStable(block?.stable, index));
        if ((index + 1) % blocksPerStep !== 0) return false;
        const shift = shiftOf(canary, stable, z);
        return shift !== undefined && shift.low > tolerance * Math.abs(shift.estimate) && ratioOf(canary, stable) >= leastRatio;
      };
    },
  };
}

function keep(values: number[], value: number | 'noData' | undefined): void {
  if (typeof value === 'number') values.push(value);
}

function ratioOf(canary: readonly number[], stable: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(stable) === 0 ? Number.POSITIVE_INFINITY : mean(canary) / mean(stable);
}
