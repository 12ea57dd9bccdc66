import type { OwnScenario } from './own-scenario.ts';

export const alertBySns: OwnScenario = {
  name: 'alert-by-sns',
  title: 'Alertmanager publishes an alert to the topic of the stack, twice: one rollback, with what the alert says',
  promises: ['O2', 'P1'],
  on: ({ apis, deployment }) => ({
    requestsPerSecond: 10,
    spec: {
      checkout: ({ analysis: { prometheus }, ...usual }) => ({
        ...usual,
        analysis: { interval: '1s', alerts: ['CheckoutErrors'], ...(prometheus === undefined ? {} : { prometheus }) },
        policies: { ...usual.policies, sourceDown: { hold: '5m' } },
      }),
    },
    story: async (stage) => {
      // Its rules know no such alert, so what is pushed is all there is.
      stage.sandbox.prometheus.faults.down = true;
      stage.push('v2');
      await stage.untilWeight(10);
      const alert = {
        status: 'firing',
        labels: { alertname: 'CheckoutErrors', namespace: 'shop' },
        annotations: { summary: 'Too many errors' },
        startsAt: new Date(stage.sandbox.clock.now()).toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        fingerprint: '5bba0d6d0ec4a2a1',
      };
      const Message = JSON.stringify({ version: '4', status: 'firing', alerts: [alert] });
      for (const _ of [1, 2]) await apis.sns({ Action: 'Publish', TopicArn: deployment.outputs['AlertsTopic'] ?? '', Message });
      await stage.untilState('RolledBack', 1, 'rollback');
    },
    expected: {
      rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'alarm', weights: [10, 0] }],
      badAnswers: [0, 0],
    },
    check: ({ executions, rollouts }) => {
      const rollbacks = executions.filter(({ machine }) => machine === 'rollback').length;
      const why = rollouts[0]?.record.reason ?? '';
      return [
        ...(rollbacks === 1 ? [] : [`${rollbacks} rollbacks`]),
        ...(why.includes('Too many errors') ? [] : [`the reason is: ${why}`]),
      ];
    },
  }),
};
