import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { InvalidInputError } from '../../core/errors.ts';
import { abort } from '../../functions/abort.ts';
import { begin } from '../../functions/begin.ts';
import { operate } from '../../functions/operate.ts';
import { receiveAlerts } from '../../functions/receive-alerts.ts';
import { receiveWebhook } from '../../functions/receive-webhook.ts';
import { sweep } from '../../functions/sweep.ts';
import type { SluiceFunction } from '../../runtime/define-function.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { startMs } from '../core/rollout/rollout-for-tests.ts';
import awsEvents from '../data/aws-events.json' with { type: 'json' };
import payload from '../data/upgrades/payload-v2.json' with { type: 'json' };
import { alertJson, doorsOfRunningRollout, messageOf } from '../functions/doors-for-tests.ts';
import { type CountedDeps, countedDeps } from './counted-deps.ts';
import { type Fate, fuzz, takenOrNamed } from './fuzz.ts';
import { hostileText } from './hostile.ts';
import { asEvent, jsonText } from './json-text.ts';
import { mutated } from './mutate.ts';

let shared: Promise<CountedDeps> | undefined;

/** A rollout of checkout that runs. It serves until an input was taken, which may have ended it. */
function running(): Promise<CountedDeps> {
  shared ??= doorsOfRunningRollout().then(({ deps }) => {
    const counted = countedDeps(deps.store, deps.clusters.open({ name: '', endpoint: '', certificateAuthority: '' }));
    return { ...counted, deps: { ...counted.deps, clock: deps.clock } };
  });
  return shared;
}

/**
 * Nothing is written for an input that is refused for what it is; what was logged, and is answered, has bounds. A message with several alerts may
 * be taken in part.
 */
async function call(door: SluiceFunction, event: unknown, inPart = false): Promise<Fate> {
  const { deps, written } = await running();
  const log = createMemoryLog();
  const before = written();
  let answer: unknown;
  const act = async () => {
    answer = await door.wiredWith({ ...deps, log })(event);
  };
  const fate = await takenOrNamed(act, (error) => {
    if (error instanceof InvalidInputError && !inPart) expect(written()).toBe(before);
  });
  if (written() !== before) shared = undefined;
  for (const { message, fields } of log.lines) expect(message.length + JSON.stringify(fields).length).toBeLessThanOrEqual(64 * 1024);
  expect(() => JSON.stringify(answer)).not.toThrow();
  return fate;
}

const alarmEvent = {
  version: '0',
  id: 'c4c1c1c9-6542-e61b-6ef0-8c4d36933a92',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: '123456789012',
  time: '2026-01-05T03:00:40Z',
  region: 'eu-west-1',
  resources: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-errors'],
  detail: {
    alarmName: 'checkout-errors',
    state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: new Date(startMs + 40_000).toISOString() },
  },
};
const { detail: alarmData, ...envelope } = alarmEvent;
const alarmAction = {
  source: 'aws.cloudwatch',
  alarmArn: 'arn',
  accountId: envelope.account,
  time: envelope.time,
  region: envelope.region,
  alarmData,
};
const pushEvent = {
  ...envelope,
  source: 'aws.ecr',
  'detail-type': 'ECR Image Action',
  detail: {
    result: 'SUCCESS',
    'repository-name': 'shop/checkout',
    'image-digest': `sha256:${'a'.repeat(64)}`,
    'action-type': 'PUSH',
    'image-tag': 'v2',
  },
};
const executionEvent = {
  ...envelope,
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: {
    executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:rollout:first',
    stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:rollout',
    name: 'first',
    status: 'FAILED',
    startDate: startMs,
    stopDate: startMs,
    input: '{}',
    output: null,
  },
};
const started = { rollout: 'checkout', image: 'v2', force: { by: 'ada', why: 'mended' }, actor: { kind: 'push', id: 'v2' } };
const execution = {
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:rollout:two',
  executionStartedAt: new Date(startMs).toISOString(),
};
const caught = {
  executionArn: execution.executionArn,
  payload: { ...payload, error: { Error: 'States.Timeout', Cause: '{"errorMessage":"late"}' } },
};
const decided = { executionArn: execution.executionArn, payload: { ...payload, abort: { reason: 'analysis', why: 'Too many errors.' } } };

describe('the doors', () => {
  fuzz('Abort: alarm event', 3_600, mutated(alarmEvent), (event) => call(abort, asEvent(event)));
  fuzz('Abort: alarm action', 2_400, mutated(alarmAction), (event) => call(abort, asEvent(event)));
  fuzz('Abort: person', 3_000, mutated({ rollout: 'checkout', by: 'ada', why: 'errors' }), (event) => call(abort, asEvent(event)));
  fuzz('Abort: caught', 3_000, mutated(caught, decided), (event) => call(abort, asEvent(event)));
  fuzz('Abort: alarm name', 1_200, hostileText, (alarmName) => call(abort, { ...alarmEvent, detail: { ...alarmData, alarmName } }));
  fuzz('Operate', 3_600, mutated({ rollout: 'checkout', action: 'pause', by: 'ada', why: 'a look' }), (event) =>
    call(operate, asEvent(event)),
  );
  fuzz('Begin: start input', 4_200, mutated({ input: started, ...execution }), (event) => call(begin, asEvent(event)));
  fuzz('Begin: push', 3_000, mutated({ input: pushEvent, ...execution }), (event) => call(begin, asEvent(event)));
  fuzz('Sweep: dead execution', 1_800, mutated(executionEvent, ...awsEventsOf()), (event) => call(sweep, asEvent(event)));
});

function awsEventsOf(): unknown[] {
  return Object.values(awsEvents).slice(0, 4);
}

const alerts = {
  version: '4',
  truncatedAlerts: 0,
  alerts: [alertJson(), alertJson({ status: 'resolved', endsAt: new Date(startMs).toISOString() })],
};
const text =
  'Alerts Firing:\nLabels:\n - alertname = CheckoutSlow\n - namespace = shop\nAnnotations:\n - summary = Slow\nSource: http://p\n';
const record = (Message: string, Subject = '[FIRING:1] CheckoutSlow') => ({
  Records: [{ Sns: { MessageId: 'm1', Message, Subject, Timestamp: new Date(startMs + 2_000).toISOString() } }],
});
const request = (body: string) => ({
  headers: { authorization: 'Bearer the-secret-of-the-webhook' },
  requestContext: { http: { method: 'POST' } },
  body,
  isBase64Encoded: false,
});
const spoilt = fc
  .record({ noise: hostileText, from: fc.nat(text.length), cut: fc.nat(20) })
  .map(({ noise, from, cut }) => text.slice(0, from) + noise + text.slice(from + cut));

describe('the doors for alerts', () => {
  fuzz('ReceiveAlerts: record', 1_800, mutated(record(messageOf(alertJson()))), (event) => call(receiveAlerts, asEvent(event)));
  fuzz('ReceiveAlerts: JSON', 3_000, mutated(alerts), (message) => call(receiveAlerts, record(jsonText(message)), true));
  fuzz('ReceiveAlerts: text', 2_400, spoilt, (message) => call(receiveAlerts, record(message)));
  fuzz('ReceiveWebhook: request', 1_800, mutated(request(messageOf(alertJson()))), (event) => call(receiveWebhook, asEvent(event)));
  fuzz('ReceiveWebhook: body', 1_800, mutated(alerts), (body) => call(receiveWebhook, request(jsonText(body))));
});
