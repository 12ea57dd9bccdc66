import { describe, expect, it } from 'vitest';
import type { NoAnswer } from '../../../core/metric-ports.ts';
import { type MetricProbe, probeFindings } from '../../../core/preflight/metric-findings.ts';

function probe(name: string, status: 'noData' | 'unavailable', none: NoAnswer): MetricProbe {
  return { name, query: 'up', asksForCanary: true, answer: { name, atMs: 0, status, ...none }, tookMs: 1, dryRun: false };
}

describe('the queries of a rollout that is to begin', () => {
  it('are no reason against it where they answer, or have no data yet', () => {
    const answered: MetricProbe = { ...probe('a', 'noData', { why: '' }), answer: { name: 'a', atMs: 0, status: 'value', value: 1 } };
    expect(probeFindings([answered, probe('b', 'noData', { why: 'The query answers no series.' })])).toEqual([]);
  });

  it('refuse it one by one where no answer could ever be a number', () => {
    const wrong = { why: 'The query answers 2 series.', wrongQuestion: true } as const;
    expect(probeFindings([probe('a', 'noData', wrong), probe('b', 'unavailable', wrong)])).toMatchObject([
      { severity: 'refusal', subject: 'metric a', message: wrong.why },
      { severity: 'refusal', subject: 'metric b', message: wrong.why },
    ]);
  });

  it('warn alone where a metric is only tried out', () => {
    const wrong = probe('a', 'noData', { why: 'The query answers 2 series.', wrongQuestion: true });
    expect(probeFindings([{ ...wrong, dryRun: true }])).toMatchObject([{ severity: 'warning', subject: 'metric a' }]);
  });

  it('are told together where Prometheus is down, and refuse nothing', () => {
    const down = { why: 'Prometheus did not answer within 5 s.' };
    expect(probeFindings([probe('a', 'unavailable', down), probe('b', 'unavailable', down)])).toMatchObject([
      { severity: 'unread', subject: 'metrics a, b', message: `Not asked: ${down.why}` },
    ]);
  });
});
