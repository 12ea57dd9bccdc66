import type { LoadResult } from '../../../sandbox/traffic/load.ts';
import type { Outage } from './faults.ts';

/** In one sentence: how many, how they were answered, and when; none where every failure falls into the outage. */
export function unexplainedFailures(answers: readonly LoadResult[], outage?: Outage): string[] {
  const failures = answers.filter((answer) => (answer.status === 0 || answer.status >= 500) && !fallsInto(answer, outage));
  const [first, last] = [failures.at(0), failures.at(-1)];
  if (first === undefined || last === undefined) return [];
  const byStatus = Map.groupBy(failures, ({ status, version }) => `${status} of ${version ?? 'nobody'}`);
  const counts = [...byStatus].map(([what, each]) => `${each.length} times ${what}`).join(', ');
  const seconds = (ms: number) => `${((ms - (outage?.toMs ?? answers[0]?.atMs ?? 0)) / 1000).toFixed(1)} s`;
  const since = outage === undefined ? 'the first request' : 'the end of the outage';
  return [
    `${failures.length} requests failed that no fault caused: ${counts}; ${seconds(first.atMs)} to ${seconds(last.atMs)} after ${since}`,
  ];
}

function fallsInto({ atMs, durationMs }: LoadResult, outage?: Outage): boolean {
  return outage !== undefined && atMs + durationMs >= outage.fromMs && atMs <= outage.toMs;
}
