import { sandboxWebhookSecret } from '../../../sandbox/sandbox.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const inProcessBecause = 'the way from the door on is that of an alarm';

/** Only alerts judge it, and the Prometheus of the sandbox, which has no rules, is taken away: so the push is all there is. */
const judgedByAlert: NonNullable<Scenario['spec']> = {
  checkout: ({ analysis: { prometheus }, ...usual }) => ({
    ...usual,
    analysis: { interval: '1s', alerts: ['CheckoutErrors'], ...(prometheus === undefined ? {} : { prometheus }) },
    policies: { ...usual.policies, sourceDown: { hold: '5m' } },
  }),
};

type Status = 'firing' | 'resolved';

/** What Alertmanager tells of one alert, at this moment. */
function alertJson(stage: Stage, status: Status, sinceMs: number): string {
  const at = (atMs: number) => new Date(atMs).toISOString();
  const alert = {
    status,
    labels: { alertname: 'CheckoutErrors', namespace: 'shop' },
    annotations: { summary: 'Too many errors' },
    startsAt: at(sinceMs),
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : at(stage.sandbox.clock.now()),
    fingerprint: '5bba0d6d0ec4a2a1',
  };
  return JSON.stringify({ version: '4', status, alerts: [alert] });
}

const snsEvent = (stage: Stage, Message: string) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      Sns: { MessageId: 'm-1', Message, Subject: null, Timestamp: new Date(stage.sandbox.clock.now()).toISOString() },
    },
  ],
});

const webhookCall = (body: string, secret: string) => ({
  version: '2.0',
  headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
  requestContext: { http: { method: 'POST', path: '/' } },
  body: Buffer.from(body, 'utf8').toString('base64'),
  isBase64Encoded: true,
});

function alertPushed(through: 'sns' | 'webhook'): Scenario {
  return {
    name: `alert-pushed-through-${through}`,
    title: `Alertmanager pushes an alert through ${through === 'sns' ? 'SNS' : 'the webhook'}, twice, while Prometheus does not answer: one rollback`,
    promises: ['O2', 'P1'],
    inProcessBecause,
    spec: judgedByAlert,
    requestsPerSecond: 10,
    story: async (stage) => {
      stage.sandbox.prometheus.faults.down = true;
      stage.push('v2');
      await stage.untilWeight(10);
      const tell = async (status: Status, sinceMs: number, secret = sandboxWebhookSecret) => {
        const json = alertJson(stage, status, sinceMs);
        return through === 'sns'
          ? stage.call('ReceiveAlerts', snsEvent(stage, json))
          : stage.call('ReceiveWebhook', webhookCall(json, secret));
      };
      const nowMs = stage.sandbox.clock.now();
      // An alert of before the rollout says nothing about it, and a stranger nothing at all.
      await tell('firing', nowMs - 3_600_000);
      if (through === 'webhook') await tell('firing', nowMs, 'a-secret-that-somebody-guesses');
      await stage.sleep(2);
      const sinceMs = stage.sandbox.clock.now();
      await tell('firing', sinceMs);
      await tell('firing', sinceMs);
      await stage.untilState('RolledBack', 1, 'rollback');
      await tell('resolved', sinceMs);
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
        ...(why.includes('CheckoutErrors is firing: Firing for {namespace="shop"}: Too many errors') ? [] : [`the reason is: ${why}`]),
      ];
    },
  };
}

export const alertFiringAtStart: Scenario = {
  name: 'alert-pushed-before-the-start',
  title: 'An alert was pushed and is not over, and Prometheus does not answer: the rollout does not begin',
  promises: ['J8'],
  inProcessBecause,
  spec: judgedByAlert,
  requestsPerSecond: 1,
  story: async (stage) => {
    stage.sandbox.prometheus.faults.down = true;
    await stage.call('ReceiveAlerts', snsEvent(stage, alertJson(stage, 'firing', stage.sandbox.clock.now())));
    stage.push('v2');
    await stage.untilState('Refused');
  },
  expected: { rollouts: [], badAnswers: [0, 0], executions: { refused: 1, ignored: 0 } },
  check: ({ executions }) => {
    const cause = executions[0]?.cause ?? '';
    return cause.includes('In alarm already, before anything was changed: CheckoutErrors.') ? [] : [`the cause says: ${cause}`];
  },
};

export const alertsPushed = [alertPushed('sns'), alertPushed('webhook'), alertFiringAtStart];
