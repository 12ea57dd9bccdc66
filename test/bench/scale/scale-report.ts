import { alignColumns, formatNumber } from '../report.ts';
import type { Counts } from './account.ts';
import type { Days } from './days.ts';
import { holds, type Percentiles, type Row } from './row.ts';
import type { SweepResult } from './sweep-run.ts';

/** The rollouts of all rows: how late, how long, and what was refused on the way. */
export function formatRows(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    `  ${row.name}`,
    row.how,
    formatCount(row.rollouts),
    percentilesText(row.looks),
    percentilesText(row.steps),
    `${row.lateSteps}`,
    `${formatNumber(row.tookSeconds)} s`,
    `${formatNumber(row.floorSeconds)} s`,
    formatCount(row.rollouts - row.succeeded),
    formatCount(row.counted.peakConcurrency),
    holds(row) ? 'holds' : 'does not hold',
  ]);
  const head = ['  row', '', 'rollouts', 'look late: p50, p99, max s', 'step over: p50, p99, max s', 'steps late', 'took', 'floor'];
  return alignColumns([[...head, 'not succeeded', 'Lambdas', ''], ...lines]).join('\n');
}

/** Requests of one rollout, and those that were refused for all. */
export function formatCalls(row: Row): string {
  const { calls, throttled, readUnits, writeUnits } = row.counted;
  const each = (count: number) => formatNumber(count / row.rollouts);
  const perRollout = Object.entries(calls).map(([name, count]) => `${name} ${each(count)}`);
  return [
    `  ${row.name}, ${row.how}, ${formatCount(row.rollouts)}`,
    `    a rollout: ${perRollout.join(', ')}; ${each(readUnits)} read units, ${each(writeUnits)} write units`,
    `    refused in all: ${countsText(throttled)}`,
    `    ends: ${countsText(row.ends)}`,
    `    from one answer of the metrics' source to the next: ${percentilesText(row.silences)} s`,
    `    quotas: ${row.demands
      .slice(0, 3)
      .map(({ quota, perRollout: count, seconds }) => `${quota}, ${formatNumber(count)} a rollout: ${formatNumber(seconds)} s`)
      .join('; ')}`,
  ].join('\n');
}

export interface SweepRow {
  readonly rollouts: number;
  readonly alarmsEach: number;
  readonly floorSeconds: number;
  readonly result: SweepResult;
}

export function formatSweeps(rows: readonly SweepRow[]): string {
  const lines = rows.map(({ rollouts, alarmsEach, floorSeconds, result: { tookMs, timeoutMs, longestUnreadMs, heapBytes, counted } }) => [
    `  ${formatCount(rollouts)}`,
    `${alarmsEach}`,
    `${formatNumber(Math.max(...tookMs) / 1000)} s of ${formatNumber(timeoutMs / 1000)} s`,
    Math.max(...tookMs) > timeoutMs ? 'is cut off' : 'ends',
    `${formatNumber(longestUnreadMs / 1000)} s`,
    `${formatNumber(floorSeconds)} s`,
    formatNumber((counted.calls['DescribeAlarms'] ?? 0) / tookMs.length),
    formatNumber((counted.calls['DescribeImages'] ?? 0) / tookMs.length),
    countsText(counted.throttled),
    `${formatNumber(heapBytes / rollouts / 1024)} KB`,
  ]);
  const head = [
    '  rollouts',
    'alarms',
    'a sweep took',
    '',
    'alarm unread',
    'floor',
    'DescribeAlarms',
    'DescribeImages',
    'refused',
    'heap each',
  ];
  return alignColumns([head, ...lines]).join('\n');
}

/** The first day, each tenth and the last one. */
export function formatDays({ days, storeHeapBytes }: Days): string {
  const shown = days.filter(({ day }) => day === 1 || day % 10 === 0 || day === days.length);
  const lines = shown.map(({ day, rollouts, items, storeBytes, heapBytes, counted }) => [
    `  ${day}`,
    `${formatNumber(heapBytes / 1024 / 1024)} MB`,
    formatCount(items),
    `${formatNumber(storeBytes / 1024)} KB`,
    formatNumber((counted.calls['GetItem'] ?? 0) / rollouts),
    formatNumber((counted.calls['WriteItems'] ?? 0) / rollouts),
    formatNumber(counted.readUnits / rollouts),
    formatNumber(counted.writeUnits / rollouts),
  ]);
  const head = ['  day', 'heap', 'items', 'store', 'reads a rollout', 'writes', 'read units', 'write units'];
  const left = `  Of the heap of the last day, its store's items take ${formatNumber(storeHeapBytes / 1024 / 1024)} MB`;
  return [...alignColumns([head, ...lines]), left].join('\n');
}

/** How far a replay is from the real run of as many rollouts. */
export function formatAgreement(real: Row, replayed: Row): string {
  const names = ['Lambda', 'GetItem', 'WriteItems', 'Kubernetes', 'StateTransition'] as const;
  const calls = names.map((name) => `${name} ${percent(real.counted.calls[name] ?? 0, replayed.counted.calls[name] ?? 0)}`);
  const took = percent(real.tookSeconds, replayed.tookSeconds);
  const late = `largest lateness of a look ${formatNumber(real.looks?.max ?? 0)} s really, ${formatNumber(replayed.looks?.max ?? 0)} s replayed`;
  return `  ${real.name}, ${formatCount(real.rollouts)}: replayed against real ${calls.join(', ')}; time ${took}; ${late}`;
}

function percent(real: number, replayed: number): string {
  if (real === 0) return replayed === 0 ? '±0 %' : 'none really';
  const difference = ((replayed - real) / real) * 100;
  return `${difference < 0 ? '-' : '+'}${formatNumber(Math.abs(difference))} %`;
}

function percentilesText(of: Percentiles | undefined): string {
  return of === undefined ? '-' : `${signed(of.p50)}, ${signed(of.p99)}, ${signed(of.max)}`;
}

function signed(value: number): string {
  return value < 0 ? `-${formatNumber(-value)}` : formatNumber(value);
}

function countsText(counts: Counts): string {
  const entries = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${name} ${formatCount(count)}`).join(', ');
}

function formatCount(count: number): string {
  return count.toLocaleString('en-GB');
}
