import type { Measurement } from '../metric-ports.ts';
import type { ThresholdSpec } from '../spec/query-spec.ts';
import type { Finding } from './finding.ts';

/** What one query was answered before a rollout. */
export interface MetricProbe {
  readonly name: string;
  /** As it was sent. */
  readonly query: string;
  /** Whether it names the canary, of which there are no series before a rollout. */
  readonly asksForCanary: boolean;
  readonly answer: Measurement;
  readonly tookMs: number;
  /** Judged and shown, never counted. */
  readonly dryRun: boolean;
  /** Of a query that Sluice wrote. */
  readonly readyMade?: ReadyMade;
}

export interface ReadyMade {
  /** What to look at where what runs now has no such series: a sentence. */
  readonly remedyWhereSilent: string;
  readonly thresholds: ThresholdSpec;
}

/**
 * What speaks against a rollout by the queries of its metrics (J7): questions that can never be answered with one number. A source that is down now
 * is no reason, since the analysis holds for as long as the spec says; it is told. Nor is an answer without data: a canary has none before it has traffic.
 */
export function probeFindings(probes: readonly MetricProbe[]): Finding[] {
  const wrong = probes.flatMap(({ name, answer, dryRun }): Finding[] => {
    if (answer.status === 'value' || answer.wrongQuestion !== true) return [];
    return [
      {
        severity: dryRun ? 'warning' : 'refusal',
        subject: `metric ${name}`,
        message: answer.why,
        remedy: 'Correct its query under analysis.metrics in the spec.',
      },
    ];
  });
  const down = probes.filter(({ answer }) => answer.status === 'unavailable' && answer.wrongQuestion !== true);
  return [...wrong, ...unaskedFindings(down)];
}

export const remedyForOutage = 'Where that lasts, a rollout holds at its first step, by policies.sourceDown.';

/** One for each reason: it is the same for all metrics where Prometheus is away. */
function unaskedFindings(down: readonly MetricProbe[]): Finding[] {
  const byReason = new Map<string, string[]>();
  for (const { name, answer } of down) {
    if (answer.status === 'value') continue;
    byReason.set(answer.why, [...(byReason.get(answer.why) ?? []), name]);
  }
  return [...byReason].map(([why, names]) => ({
    severity: 'unread',
    subject: `${names.length === 1 ? 'metric' : 'metrics'} ${names.join(', ')}`,
    message: `Not asked: ${why}`,
    remedy: remedyForOutage,
  }));
}
