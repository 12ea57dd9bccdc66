import * as z from 'zod/mini';
import type { AlarmReading, AlarmSource } from '../../core/metric-ports.ts';
import { shorten } from '../../core/shorten.ts';
import { createPrometheusApi, type PrometheusApiOptions } from './prometheus-api.ts';

const alert = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.optional(z.record(z.string(), z.string())),
  state: z.string(),
  activeAt: z.optional(z.string()),
});
const alertsData = z.object({ alerts: z.array(alert) });
type Alert = z.infer<typeof alert>;

const rule = z.object({
  name: z.string(),
  type: z.optional(z.string()),
  duration: z.optional(z.number()),
  health: z.optional(z.string()),
  lastError: z.optional(z.string()),
});
const rulesData = z.object({ groups: z.array(z.object({ rules: z.array(rule) })) });
type Rule = z.infer<typeof rule>;

/**
 * Reads alerts by name from a Prometheus: firing, with whatever labels, is in alarm; pending or absent is ok. Which alerts exist
 * at all only /api/v1/rules tells; where that is not answered, as by some that speak the API, an absent alert counts as ok. A
 * rule whose expression cannot be evaluated never fires, and so has insufficient data.
 */
export function createPrometheusAlerts(options: PrometheusApiOptions): AlarmSource {
  const api = createPrometheusApi(options);

  const askAlerts = async (): Promise<readonly Alert[] | string> => {
    const answer = await api.ask('/api/v1/alerts');
    if (!answer.ok) return answer.why;
    const parsed = z.safeParse(alertsData, answer.data);
    return parsed.success ? parsed.data.alerts : 'The answer of Prometheus about its alerts has a shape that is not known.';
  };

  const askRules = async (): Promise<readonly Rule[] | undefined> => {
    const answer = await api.ask('/api/v1/rules?type=alert');
    const parsed = answer.ok ? z.safeParse(rulesData, answer.data) : undefined;
    if (parsed?.success !== true) return undefined;
    return parsed.data.groups.flatMap((group) => group.rules).filter(({ type = 'alerting' }) => type === 'alerting');
  };

  return {
    read: async (names) => {
      if (names.length === 0) return [];
      const [alerts, rules] = await Promise.all([askAlerts(), askRules()]);
      return names.map((name) => {
        if (typeof alerts === 'string') return { name, state: 'unavailable', reason: alerts, sinceMs: undefined };
        const mine = alerts.filter(({ labels }) => labels['alertname'] === name);
        const itsRules = rules?.filter((known) => known.name === name);
        return readOne(name, mine, itsRules);
      });
    },
  };
}

/** It goes into the record of the rollout, whose item has bounds. */
const longestReason = 500;

function readOne(name: string, alerts: readonly Alert[], rules: readonly Rule[] | undefined): AlarmReading {
  const firing = alerts.filter(({ state }) => state === 'firing');
  if (firing.length > 0) return { name, state: 'alarm', reason: describeFiring(firing), sinceMs: firingSince(firing, rules) };
  const broken = rules?.find(({ health = 'ok' }) => health !== 'ok');
  if (broken !== undefined) {
    const reason =
      broken.health === 'unknown'
        ? `The rule ${name} has not been evaluated yet.`
        : `The rule ${name} cannot be evaluated: ${shorten(broken.lastError ?? 'Prometheus does not say why.', longestReason)}`;
    return { name, state: 'insufficientData', reason, sinceMs: undefined };
  }
  if (alerts.length > 0) return { name, state: 'ok', reason: `${name} is pending: it does not fire yet.`, sinceMs: undefined };
  if (rules?.length === 0) return { name, state: 'missing', reason: `Prometheus has no alerting rule named ${name}.`, sinceMs: undefined };
  return { name, state: 'ok', reason: `${name} is not firing.`, sinceMs: undefined };
}

function describeFiring(firing: readonly Alert[]): string {
  const [first] = firing;
  const { alertname: _, ...labels } = first?.labels ?? {};
  const of = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const where = of.length === 0 ? '' : ` for {${of.join(', ')}}`;
  const more = firing.length === 1 ? '' : ` and ${firing.length - 1} more`;
  const text = first?.annotations?.['summary'] ?? first?.annotations?.['description'];
  return shorten(`Firing${where}${more}${text === undefined ? '.' : `: ${text}`}`, longestReason);
}

/**
 * `activeAt` is when the expression began to hold; the alert fires the rule's `for` later. Unknown without the rule, since an
 * earlier time would make an alarm of this rollout look like one from before it.
 */
function firingSince(firing: readonly Alert[], rules: readonly Rule[] | undefined): number | undefined {
  const [only, ...others] = rules ?? [];
  if (only === undefined || others.length > 0) return undefined;
  const activeAtMs = firing.map(({ activeAt }) => Date.parse(activeAt ?? '')).filter((atMs) => !Number.isNaN(atMs));
  const sinceMs = activeAtMs.reduce((least, atMs) => Math.min(least, atMs), Number.POSITIVE_INFINITY) + (only.duration ?? 0) * 1000;
  return Number.isFinite(sinceMs) ? sinceMs : undefined;
}
