import { describe, expect, it } from 'vitest';
import { formatReport, formatService } from './judge-report.ts';
import { changes, measureService } from './measure-service.ts';

const settings = { runs: 5, seed: 1, margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01 };

describe('bench:judge', () => {
  it('judges the same rollouts by every rule, and comes to the same figures for the same seed', () => {
    const service = { requestsPerSecond: 1000, usualShare: 0.001, noise: 'iid' as const };
    const cells = measureService(service, settings);
    expect(cells.map(({ change }) => change)).toEqual(changes);
    expect(measureService(service, settings)).toEqual(cells);
    const faulty = cells.find(({ change }) => change === '+5 points');
    expect(faulty?.rules.find(({ rule }) => rule === 'Sluice')).toMatchObject({ rolledBack: 5 });
    expect(cells[0]?.rules.find(({ rule }) => rule === 'Sluice')).toMatchObject({ rolledBack: 0, meanCost: 0 });
    const report = formatReport(cells, settings.margin);
    expect(report).toContain('| iid | 0 % (45.1 %) |');
    expect(report).toContain('1000 rps, 0.1 % +5 points');
    expect(formatService(cells)).toMatch(/^ +1000 rps, 0\.1 % usual, iid: rolled back healthy 0 %/);
  });
});
