import type { Margin } from '../../../../core/analysis/proportion/margin.ts';
import { judgeCourses } from '../cost.ts';
import { kayentaAsPublished, kayentaRule } from '../kayenta-rule.ts';
import { figuresOf, manyCourses, type RuleFigures, type Settings } from '../measure-service.ts';
import { ownRule } from '../own-rule.ts';
import { type Course, named, type Rule, readingAs } from '../rule.ts';
import { argosLooks, flaggersLooks, thresholdRule } from '../threshold-rule.ts';
import { type Past, tunedKayenta, tunedThreshold } from '../tune.ts';
import { weights } from '../world.ts';
import type { Speed } from './distribution.ts';
import { type Histogram, quantile, slowerThan } from './histogram.ts';
import { drawLatencyCourse, type LatencyNoise, type LatencyWorld, slowAboveMs, slowerBy, usualSpeed } from './latency-world.ts';

export interface LatencyService {
  readonly requestsPerSecond: number;
  readonly noise: LatencyNoise;
}

/** How the new version's answers differ, in the order of how many more of them are slow. */
export const latencyChanges = ['healthy', '1 % ten times slower', '1.2 times', '5 % ten times slower', '1.5 times', '2 times'] as const;
export type LatencyChange = (typeof latencyChanges)[number];

export interface LatencyCell extends LatencyService {
  readonly change: LatencyChange;
  /** By how many points more of the answers take longer than the edge. */
  readonly worseBy: number;
  readonly runs: number;
  readonly rules: readonly RuleFigures[];
}

const speeds: Record<LatencyChange, Speed> = {
  healthy: usualSpeed,
  '1 % ten times slower': { factor: 1, slowShare: 0.01 },
  '1.2 times': { factor: 1.2, slowShare: 0 },
  '5 % ten times slower': { factor: 1, slowShare: 0.05 },
  '1.5 times': { factor: 1.5, slowShare: 0 },
  '2 times': { factor: 2, slowShare: 0 },
};

/** What `latency: { above: 250ms, share: 1% }` in a spec comes to. */
export const latencyMargin: Margin = { ratio: 1, excess: 0.01 };
/** Flagger's documented example: request-duration, P99, at most 500 ms. https://docs.flagger.app/usage/metrics */
const mostMs = 500;
const pastRollouts = { healthy: 200, faulty: 20 } as const;
const [p95, p99] = [quantile(0.95), quantile(0.99)];

/** All cells of one service. Of Argo Rollouts' example no latency is published, so Flagger's threshold is looked at as Argo looks. */
export function measureLatency(service: LatencyService, { runs, seed, falseAlarmLevel }: Settings): LatencyCell[] {
  const past: Past<Histogram> = {
    healthy: coursesOf(worldOf(service, 'healthy'), pastRollouts.healthy, seed, 'past'),
    faulty: (['1.2 times', '5 % ten times slower', '2 times'] as const).flatMap((change) => {
      const stakes = worldOf(service, change);
      return coursesOf(stakes, pastRollouts.faulty, seed, `${change}, past`).map((course) => ({ stakes, course }));
    }),
  };
  const rules: Rule<Histogram>[] = [
    readingAs(ownRule('Sluice', { margin: latencyMargin, falseAlarmLevel, steps: weights }), slowerThan(slowAboveMs)),
    thresholdRule('Flagger as documented', { ...flaggersLooks, most: mostMs }, p99),
    thresholdRule("Argo Rollouts, Flagger's threshold", { ...argosLooks, most: mostMs }, p99),
    kayentaRule('Kayenta as published', kayentaAsPublished, p99),
    named(tunedThreshold(past, [p95, p99]), 'threshold, tuned'),
    named(tunedKayenta(past, [p95, p99]), 'Kayenta, tuned'),
  ];
  return latencyChanges.map((change) => {
    const world = worldOf(service, change);
    const courses = coursesOf(world, runs, seed, change);
    return {
      ...service,
      change,
      worseBy: world.worseBy,
      runs,
      rules: rules.map((rule) => figuresOf(rule, judgeCourses(rule, world, courses))),
    };
  });
}

function worldOf(service: LatencyService, change: LatencyChange): LatencyWorld {
  const speed = speeds[change];
  return { ...service, speed, steps: weights, worseBy: slowerBy(speed), worseFromStep: 0 };
}

function coursesOf(world: LatencyWorld, count: number, seed: number, purpose: string): Course<Histogram>[] {
  const { requestsPerSecond, noise } = world;
  return manyCourses((draw) => drawLatencyCourse(world, draw), count, [seed, 'latency', requestsPerSecond, noise, purpose]);
}
