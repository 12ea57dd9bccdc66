import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTransport } from '../../adapters/eks/http.ts';
import { createKubernetesClient } from '../../adapters/eks/kubernetes-client.ts';
import type { MachineName } from '../../core/ports.ts';
import type { LambdaHandler } from '../../runtime/define-function.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createInMemoryAlarmSource } from '../../sandbox/cloudwatch/alarm-source.ts';
import { CloudWatch } from '../../sandbox/cloudwatch/cloudwatch.ts';
import { EventBus } from '../../sandbox/eventbridge/event-bus.ts';
import { createInProcessEventSink } from '../../sandbox/eventbridge/event-sink.ts';
import { startKubernetes } from '../../sandbox/kubernetes/kubernetes.ts';
import { Engine } from '../../sandbox/step-functions/engine.ts';
import { alarmSourceContract } from '../contract/alarm-source.ts';
import { eventSinkContract } from '../contract/event-sink.ts';
import { executionsContract } from '../contract/executions.ts';
import { kubernetesApiContract } from '../contract/kubernetes-api.ts';

/** The sandbox stands in for AWS and for a cluster, so it passes the suites that those pass. */

kubernetesApiContract("the sandbox's cluster", async () => {
  const clock = new VirtualClock();
  const cluster = await startKubernetes({
    clock,
    startPod: async () => ({ address: '127.0.0.1', port: 1 }),
    stopPod: async () => undefined,
  });
  const api = createKubernetesClient({
    endpoint: { name: 'sandbox', endpoint: cluster.url, certificateAuthority: '' },
    clock,
    transport: createTransport(),
    token: async () => 'k8s-aws-v1.sandbox',
  });
  return { api, namespace: 'contract', close: () => cluster.close() };
});

alarmSourceContract("CloudWatch, by the sandbox's alarms,", async () => {
  const clock = new VirtualClock();
  const cloudWatch = new CloudWatch({ clock, bus: new EventBus({ clock }) });
  for (const alarmName of ['fine', 'firing', 'silent']) {
    cloudWatch.putMetricAlarm({
      alarmName,
      namespace: 'Test',
      metricName: alarmName,
      dimensions: {},
      statistic: 'Sum',
      periodSeconds: 60,
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'ignore',
    });
  }
  cloudWatch.setAlarmState('fine', 'OK', 'all is well');
  cloudWatch.setAlarmState('firing', 'ALARM', 'too many errors');
  const alarmSinceMs = clock.now();
  return {
    source: createInMemoryAlarmSource(cloudWatch),
    names: { ok: 'fine', alarm: 'firing', insufficientData: 'silent', missing: 'nowhere' },
    alarmSinceMs,
    troubles: ['throttled'],
    makeTrouble: () => {
      cloudWatch.down = true;
    },
    endTrouble: () => {
      cloudWatch.down = false;
    },
    tearDown: async () => {
      cloudWatch.stop();
      clock.stop();
    },
  };
});

eventSinkContract("the sandbox's bus", () => {
  const bus = new EventBus({ clock: new VirtualClock() });
  const received = () =>
    bus.puts.map(({ event }) => {
      const { id, atMs, ...detail } = event.detail as { id: string; atMs: number };
      return { id, atMs, detailType: event['detail-type'], detail };
    });
  return { sink: createInProcessEventSink(bus), received };
});

executionsContract("the sandbox's engine", () => {
  const clock = new VirtualClock();
  const begun = new Map<string, { readonly end: (outcome: object) => void; readonly fail: (error: Error) => void }>();
  // Its first Task answers when the test says how the execution is to end; until then time stands still.
  const first: LambdaHandler = (input) =>
    clock.busy(() => {
      const { promise, resolve, reject } = Promise.withResolvers<object>();
      begun.set(String((input as { executionArn?: string }).executionArn), { end: resolve, fail: reject });
      return promise;
    });
  const handlers = { Begin: first, RestoreTraffic: first, Abort: async () => ({ outcome: 'refused', error: 'Refused', why: 'A test.' }) };
  const engine = new Engine({ clock, bus: new EventBus({ clock }), handlers });
  const arnOf = (machine: MachineName, name: string) => engine.arnOf(machine, name);
  return {
    executions: engine,
    arnOf,
    end: async (machine, name, status) => {
      const arn = arnOf(machine, name);
      while (!begun.has(arn)) await nextTurn();
      const task = begun.get(arn);
      if (status === 'succeeded') task?.end({ outcome: 'ignored' });
      if (status === 'failed') task?.fail(new Error('A test.'));
      // Longer than any machine may take.
      if (status === 'timedOut') task?.end({ outcome: 'wait', waitSeconds: 10_000_000, input: {} });
      await engine.untilEnded(arn);
    },
  };
});
