import { sandboxWebhookSecret } from '../../../sandbox/sandbox.ts';
import { handAlarmEvent } from '../../scenarios/by-hand.ts';
import { checkoutOn } from '../../scenarios/meshes.ts';
import type { BaseRun } from '../base-run.ts';
import { callAgain, whenEnded, whenState, whenWeight } from '../moments.ts';
import { baseRun, brief, type Hands, slowPods, stopUnheard } from './usual.ts';

const ends = ['rolledBack'];
const abort = { rollout: 'checkout', by: 'ada', why: 'looks wrong' };

async function alarmAtHalf({ stage, alarm }: Hands): Promise<void> {
  stage.push('v2');
  if (await whenWeight(stage, 50)) await alarm.set('ALARM');
  await whenEnded(stage);
}

const alarmed = baseRun({ name: 'alarm', title: 'The alarm fires at weight 50', ends, tell: alarmAtHalf });

const alarmedOnHttpRoute = baseRun({
  name: 'alarm-on-an-http-route',
  title: 'The alarm fires at weight 50 of an HTTPRoute',
  services: checkoutOn('gatewayApi'),
  ends,
  tell: alarmAtHalf,
});

const alarmedOnSubsets = baseRun({
  name: 'alarm-on-subsets',
  title: 'The alarm fires at weight 50 of the subsets of a DestinationRule',
  services: checkoutOn('istioSubsets'),
  ends,
  tell: alarmAtHalf,
});

const alarmLost = baseRun({
  name: 'alarm-lost',
  title: 'The event of the alarm is lost, and RunAnalysis is far away: the sweep finds it',
  ends,
  spec: (usual) => ({
    ...brief(usual),
    steps: [50, 100].map((weight) => ({ weight, bake: '90s' })),
    analysis: { interval: '80s', alarms: ['checkout-by-hand'] },
  }),
  tell: async (hands) => {
    hands.sandbox.bus.injectFault({ kind: 'drop', pattern: handAlarmEvent('ALARM') });
    await alarmAtHalf(hands);
  },
});

const abortedInPromotion = baseRun({
  name: 'aborted-in-promotion',
  title: 'A person aborts while stable takes the new image',
  ends,
  tell: async (hands) => {
    const { stage } = hands;
    stage.push('v2');
    if (await whenWeight(stage, 100)) slowPods(hands, 3000);
    if (await whenState(stage, 'AwaitStable')) await callAgain(stage, 'Abort', () => abort);
    await whenEnded(stage);
  },
});

const stopped = baseRun({
  name: 'stopped',
  title: 'The execution is stopped at weight 50, and nobody is told: the sweep rolls back',
  ends,
  tell: async (hands) => {
    hands.stage.push('v2');
    if (await whenWeight(hands.stage, 50)) await stopUnheard(hands, 'rollout');
    await whenEnded(hands.stage);
  },
});

const rollbackStopped = baseRun({
  name: 'rollback-stopped',
  title: 'The rollback itself is stopped as it drains: the sweep starts it again',
  ends,
  tell: async (hands) => {
    const { stage, alarm } = hands;
    stage.push('v2');
    if (await whenWeight(stage, 50)) await alarm.set('ALARM');
    if (await whenState(stage, 'Drain', 'rollback')) await stopUnheard(hands, 'rollback');
    await whenEnded(stage);
  },
});

const stoppedInPromotion = baseRun({
  name: 'stopped-in-promotion',
  title: 'The execution is stopped while stable takes the new image, and nobody is told: the sweep finishes the promotion',
  ends: ['succeeded'],
  tell: async (hands) => {
    const { stage } = hands;
    stage.push('v2');
    if (await whenState(stage, 'AwaitStable')) await stopUnheard(hands, 'rollout');
    await whenEnded(stage);
  },
});

const turned = baseRun({
  name: 'finish-turned-by-an-alarm',
  title: 'The alarm fires while the sweep finishes a promotion: stable goes back to the old image',
  ends,
  tell: async (hands) => {
    const { stage, alarm } = hands;
    stage.push('v2');
    if (await whenWeight(stage, 100)) slowPods(hands, 3000);
    if (await whenState(stage, 'AwaitStable')) await stopUnheard(hands, 'rollout');
    if (await whenState(stage, 'AwaitStable', 'rollback')) await alarm.set('ALARM');
    await whenEnded(stage);
  },
});

/** What Alertmanager tells of an alert that has just begun to fire. */
function alertJson({ stage }: Hands): string {
  const startsAt = new Date(stage.sandbox.clock.now()).toISOString();
  const labels = { alertname: 'CheckoutErrors', namespace: 'shop' };
  const alert = { status: 'firing', labels, annotations: {}, startsAt, endsAt: '0001-01-01T00:00:00Z', fingerprint: '5bba0d6d0ec4a2a1' };
  return JSON.stringify({ version: '4', status: 'firing', alerts: [alert] });
}

function alerted(through: 'sns' | 'webhook'): BaseRun {
  return baseRun({
    name: `alert-through-${through}`,
    title: `An alert is pushed through ${through === 'sns' ? 'SNS' : 'the webhook'} at weight 50, while Prometheus does not answer`,
    ends,
    spec: (usual) => ({
      ...brief(usual),
      analysis: { interval: '1s', alerts: ['CheckoutErrors'], prometheus: { url: 'http://127.0.0.1:9' } },
      policies: { sourceDown: { hold: '5m' } },
    }),
    tell: async (hands) => {
      const { stage } = hands;
      stage.push('v2');
      if (await whenWeight(stage, 50)) {
        const Message = alertJson(hands);
        const Timestamp = new Date(stage.sandbox.clock.now()).toISOString();
        const Sns = { MessageId: 'm-1', Message, Subject: null, Timestamp };
        const headers = { authorization: `Bearer ${sandboxWebhookSecret}`, 'content-type': 'application/json' };
        const request = { version: '2.0', headers, requestContext: { http: { method: 'POST', path: '/' } }, body: Message };
        if (through === 'sns') await callAgain(stage, 'ReceiveAlerts', () => ({ Records: [{ EventSource: 'aws:sns', Sns }] }));
        else await callAgain(stage, 'ReceiveWebhook', () => ({ ...request, isBase64Encoded: false }));
      }
      await whenEnded(stage);
    },
  });
}

export const rolledBack: readonly BaseRun[] = [
  alarmed,
  alarmedOnHttpRoute,
  alarmedOnSubsets,
  alarmLost,
  abortedInPromotion,
  stopped,
  rollbackStopped,
  stoppedInPromotion,
  turned,
  alerted('sns'),
  alerted('webhook'),
];
