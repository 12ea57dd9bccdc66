import type { RuleState } from './alert-rules.ts';

/** The data of /api/v1/rules: one group with all alerting rules, and none where only recording rules are asked for. */
export function rulesData(rules: readonly RuleState[], evaluationIntervalMs: number, type: string | null): unknown {
  if (rules.length === 0 || type === 'record') return { groups: [] };
  return {
    groups: [{ name: 'sandbox', file: 'sandbox.yaml', interval: evaluationIntervalMs / 1000, rules: rules.map(ruleData) }],
  };
}

function ruleData(state: RuleState): unknown {
  const { rule, lastError, lastEvaluationMs } = state;
  const alerts = state.alerts();
  return {
    type: 'alerting',
    name: rule.alert,
    query: rule.expr,
    duration: rule.forSeconds ?? 0,
    keepFiringFor: 0,
    labels: rule.labels ?? {},
    annotations: rule.annotations ?? {},
    alerts,
    state: alerts.some(({ state }) => state === 'firing') ? 'firing' : alerts.length > 0 ? 'pending' : 'inactive',
    health: lastEvaluationMs === undefined ? 'unknown' : lastError === undefined ? 'ok' : 'err',
    ...(lastError === undefined ? {} : { lastError }),
    lastEvaluation: lastEvaluationMs === undefined ? '0001-01-01T00:00:00Z' : new Date(lastEvaluationMs).toISOString(),
  };
}
