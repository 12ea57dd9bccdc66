import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measureLatency } from '../latency/measure-latency.ts';
import { measureDoubt } from '../measure-doubt.ts';
import { measureFullWeight } from '../measure-full-weight.ts';
import { changes, measureService, type Settings } from '../measure-service.ts';
import type { JudgeRun } from '../run.ts';
import { tablesIn, withTables } from './docs-tables.ts';
import { chartsOf } from './judge-charts.ts';
import { formatMeasured, formatReport, sectionsOf } from './judge-report.ts';

const settings: Settings = { runs: 5, seed: 1, margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01 };
const service = { requestsPerSecond: 1000, usualShare: 0.001, noise: 'iid' as const };
const run: JudgeRun = {
  settings,
  cells: measureService(service, settings),
  doubt: measureDoubt(service, settings),
  fullWeight: measureFullWeight(service, settings),
  latency: measureLatency({ requestsPerSecond: 1000, noise: 'iid' }, settings),
};
const page = readFileSync(new URL('../../../../docs/judge.md', import.meta.url), 'utf8');
const bodyOf = (name: string) => sectionsOf(run).find((section) => section.name === name)?.body;

describe('bench:judge', () => {
  it('judges the same rollouts by every rule, and comes to the same figures for the same seed', () => {
    expect(run.cells.map(({ change }) => change)).toEqual(changes);
    expect(measureService(service, settings)).toEqual(run.cells);
    const ofSluice = (change: string) => run.cells.find((cell) => cell.change === change)?.rules.find(({ rule }) => rule === 'Sluice');
    expect(ofSluice('+5 points')).toMatchObject({ rolledBack: 5 });
    expect(ofSluice('healthy')).toMatchObject({ rolledBack: 0, meanCost: 0 });
  });

  it('reports each part as tables in Markdown', () => {
    expect(bodyOf('false-aborts')).toMatch(/\| nothing \| 0 % \(45 %\) \| 0 % \|/);
    expect(bodyOf('requests-by-service')).toContain('| 1000 rps, 0.1 % +0.5 points | 2,088 |');
    expect(bodyOf('doubt-healthy')).toMatch(/\| nothing \| 0 % \(45 %\) \| 0 % \(45 %\) \|/);
    expect(bodyOf('doubt-faulty')).toMatch(/\| nothing \| 100 %, 100 % \| 100 %, 100 % \| 100 %, 100 % \| [\d.]+ \|/);
    expect(bodyOf('full-weight')).toMatch(/\| nothing, \+20 points \| 100 %, 60 s \|/);
    expect(bodyOf('latency')).toMatch(/\| 1 % ten times slower \| 0\.9\d+ points, within the margin \| 0 % \|/);
    expect(bodyOf('latency')).toMatch(/\| 2 times \| 17\.6 points \| 100 %, \d+ s \|/);
    expect(formatReport(run)).toContain(bodyOf('costs'));
    expect(formatMeasured({ part: 'shares', cells: run.cells })).toMatch(/^shares +1000 rps, 0\.1 % usual, iid: rolled back healthy 0 %/);
  });

  it('reports what was measured, where that is not everything', () => {
    expect(sectionsOf({ ...run, cells: [], doubt: [], fullWeight: [] }).map(({ name }) => name)).toEqual([
      'run',
      'latency-false-aborts',
      'latency',
      'latency-costs',
    ]);
    expect(chartsOf({ ...run, cells: [] })).toEqual({});
  });
});

describe('docs/judge.md', () => {
  it('has marks for tables that there are, each once', () => {
    const names = tablesIn(page);
    expect(names.length).toBeGreaterThan(5);
    expect(new Set(names).size).toBe(names.length);
    expect(sectionsOf(run).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  it('shows the pictures that are drawn', () => {
    expect(Object.keys(chartsOf(run)).filter((name) => !page.includes(`](${name})`))).toEqual([]);
  });

  it('gets each table between its marks, and keeps those of parts that were not measured', () => {
    const text =
      'a\n<!-- bench:judge costs -->\nold\n<!-- end of the table -->\nb\n<!-- bench:judge other -->\nkept\n<!-- end of the table -->\n';
    expect(withTables(text, [{ name: 'costs', title: '', body: '| new |' }])).toBe(text.replace('old', '| new |'));
  });
});
