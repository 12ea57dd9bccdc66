import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { AwsAnswer } from '../../adapters/aws/json-api.ts';
import { createAwsJsonApi } from '../../adapters/aws/json-api.ts';
import type { TransportAnswer } from '../../adapters/eks/http.ts';
import { createKubernetesClient } from '../../adapters/eks/kubernetes-client.ts';
import { createStepFunctionsExecutions } from '../../adapters/executions/step-functions.ts';
import { createCloudWatchAlarmSource } from '../../adapters/metrics/cloudwatch.ts';
import { createCloudWatchMetrics } from '../../adapters/metrics/cloudwatch-metrics.ts';
import { createPrometheus, createPrometheusAlerts } from '../../adapters/metrics/prometheus.ts';
import { createSecretSource } from '../../adapters/secrets/secrets-manager.ts';
import { marshalFields, unmarshalItem } from '../../adapters/store/attribute-value.ts';
import { createDynamoDbStore } from '../../adapters/store/dynamodb.ts';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import type { AlarmReading, Measurement } from '../../core/metric-ports.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { stableDeployment } from '../adapters/eks/workload/manifests.ts';
import { scriptedFetch } from '../adapters/metrics/scripted-fetch.ts';
import { type Fate, fuzz, takenOrNamed } from './fuzz.ts';
import { hostileText, hostileValue } from './hostile.ts';
import { asEvent, jsonText } from './json-text.ts';
import { expectChange } from './limits-of-aws.ts';
import { mutated } from './mutate.ts';

const clock = new VirtualClock();
const seconds = clock.now() / 1000;
const status = fc.oneof(
  { arbitrary: fc.constant(200), weight: 8 },
  { arbitrary: fc.constantFrom(0, 100, 204, 301, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503), weight: 2 },
);

/** A reason goes into the record of a rollout, whose item has bounds. */
const longestReason = 1_500;

function measured({ status: outcome, ...rest }: Measurement): Fate {
  if ('value' in rest) expect(Number.isFinite(rest.value)).toBe(true);
  if ('why' in rest) expect(rest.why.length).toBeLessThanOrEqual(longestReason);
  return outcome === 'value' ? 'taken' : 'refused';
}

const states = ['ok', 'alarm', 'insufficientData', 'missing', 'unavailable'];

function reading({ state, reason, sinceMs }: AlarmReading): Fate {
  expect(states).toContain(state);
  expect(reason.length).toBeLessThanOrEqual(longestReason);
  if (sinceMs !== undefined) expect(Number.isFinite(sinceMs)).toBe(true);
  return state === 'unavailable' || state === 'missing' ? 'refused' : 'taken';
}

const vector = { status: 'success', data: { resultType: 'vector', result: [{ metric: { __name__: 'x' }, value: [seconds, '0.5'] }] } };
const matrix = {
  status: 'success',
  data: { resultType: 'matrix', result: [{ metric: {}, values: [60, 120, 180].map((ago, index) => [seconds - ago, String(index)]) }] },
};
const scalar = { status: 'success', data: { resultType: 'scalar', result: [seconds, '0.5'] }, warnings: ['partial'] };
const refusal = { status: 'error', errorType: 'bad_data', error: 'parse error' };
const alerts = {
  status: 'success',
  data: {
    alerts: [
      { labels: { alertname: 'Slow', pod: 'a' }, annotations: { summary: 'Slow' }, state: 'firing', activeAt: '2026-01-05T03:00:00Z' },
    ],
  },
};
const rules = { status: 'success', data: { groups: [{ rules: [{ name: 'Slow', type: 'alerting', duration: 60, health: 'ok' }] }] } };
const url = 'http://prometheus.example.com';

/** What `fetch` can make a response of. */
const fetchStatus = status.filter((code) => code >= 200);

describe('answers of Prometheus', () => {
  fuzz('Prometheus: query', 4_900, fc.tuple(mutated(vector, scalar, refusal), fetchStatus), async ([body, code]) => {
    const { fetch } = scriptedFetch(() => ({ status: code === 204 ? 200 : code, body: jsonText(body) }));
    const [answer] = await createPrometheus({ url, clock, fetch }).measure([{ name: 'errors', query: 'up' }]);
    return answer === undefined ? 'refused' : measured(answer);
  });
  fuzz('Prometheus: value', 2_800, fc.tuple(hostileText, fc.oneof(fc.constant(seconds), fc.double())), async ([value, at]) => {
    const { fetch } = scriptedFetch(() => ({ body: jsonText({ status: 'success', data: { resultType: 'scalar', result: [at, value] } }) }));
    const [answer] = await createPrometheus({ url, clock, fetch }).measure([{ name: 'errors', query: 'up' }]);
    return answer === undefined ? 'refused' : measured(answer);
  });
  fuzz('Prometheus: history', 2_800, fc.tuple(mutated(matrix, vector, refusal), fetchStatus), async ([body, code]) => {
    const { fetch } = scriptedFetch(() => ({ status: code === 204 ? 200 : code, body: jsonText(body) }));
    const past = { lastAtMs: clock.now(), everySeconds: 60, count: 3 };
    const values = await createPrometheus({ url, clock, fetch }).history({ name: 'errors', query: 'up' }, past);
    expect(values.length).toBeLessThanOrEqual(past.count);
    for (const { value } of values) expect(Number.isFinite(value)).toBe(true);
    return values.length === 0 ? 'refused' : 'taken';
  });
  fuzz('Prometheus: alerts', 3_500, fc.tuple(mutated(alerts), mutated(rules)), async ([told, known]) => {
    const { fetch } = scriptedFetch((path) => ({ body: jsonText(path.endsWith('/alerts') ? told : known) }));
    const [answer] = await createPrometheusAlerts({ url, clock, fetch }).read(['Slow']);
    return answer === undefined ? 'refused' : reading(answer);
  });
});

const found = {
  ...stableDeployment(),
  metadata: { name: 'checkout', namespace: 'shop', uid: 'u', resourceVersion: '1', generation: 1, annotations: { a: 'b' } },
};
const list = { kind: 'DeploymentList', metadata: { continue: '' }, items: [found] };
const refused = { kind: 'Status', message: 'no' };
const ref = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };

describe('answers of the Kubernetes API', () => {
  const client = (answers: () => Partial<TransportAnswer>) =>
    createKubernetesClient({
      endpoint: { name: 'shop', endpoint: 'http://127.0.0.1:1', certificateAuthority: '' },
      token: async () => 'k8s-aws-v1.c2VjcmV0',
      clock,
      transport: async () => ({ status: 200, headers: {}, body: '', ...answers() }),
    });
  fuzz('Kubernetes: object', 3_500, fc.tuple(mutated(found, refused), status), ([body, code]) =>
    takenOrNamed(async () => {
      const object = await client(() => ({ status: code, body: jsonText(body) })).read(ref);
      if (object !== undefined) expect(typeof object.metadata.name).toBe('string');
    }),
  );
  fuzz('Kubernetes: list', 2_800, fc.tuple(mutated(list), status), ([body, code]) =>
    takenOrNamed(async () => {
      const objects = await client(() => ({ status: code, body: jsonText(body) })).list(ref, 'app=checkout');
      for (const { metadata } of objects) expect(typeof metadata.name).toBe('string');
    }),
  );
  fuzz('Kubernetes: write', 2_800, fc.tuple(mutated(found, refused), status, hostileText), ([body, code, retryAfter]) =>
    takenOrNamed(() =>
      client(() => ({ status: code, headers: { 'retry-after': retryAfter }, body: jsonText(body) })).write({
        jsonPatch: ref,
        operations: [],
      }),
    ),
  );
  fuzz('Kubernetes: no JSON', 1_400, fc.tuple(hostileText, status), ([body, code]) =>
    takenOrNamed(() => client(() => ({ status: code, body })).read(ref)),
  );
});

const latency = {
  namespace: 'AWS/ApplicationELB',
  metricName: 'TargetResponseTime',
  dimensions: { LoadBalancer: 'app/shop/1' },
  stat: 'p99',
};
const metricData = {
  MetricDataResults: ['q0', 'q1', 'q1_counted0'].map((Id) => ({
    ...{ Id, Label: 'TargetResponseTime', StatusCode: 'Complete' },
    Timestamps: [60, 120, 180, 240].map((ago) => Math.floor(seconds / 60) * 60 - ago),
    Values: [1, 2, 3, 4],
  })),
  Messages: [{ Code: 'a', Value: 'b' }],
};
const listedMetrics = {
  Metrics: [{ Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount', Dimensions: [{ Name: 'LoadBalancer', Value: 'app/shop/1' }] }],
};

const wireItem = {
  partition: { S: 'locks' },
  sort: { S: 'checkout' },
  version: { N: '3' },
  value: { M: marshalFields({ rollout: 'checkout', fence: 3, list: [1, 'a', null, true], deep: { a: { b: [{ c: 1 }] } } }) },
};

describe('answers of AWS', () => {
  const answering = (output: unknown) => async (): Promise<AwsAnswer> => ({ status: 'ok', output });
  const storeOf = (output: unknown) => createDynamoDbStore({ call: answering(asEvent(output)), tableName: 'sluice', clock });
  fuzz('DynamoDB: item', 3_500, mutated({ Item: wireItem }), (output) =>
    takenOrNamed(async () => {
      const item = await storeOf(output).read({ partition: 'locks', sort: 'checkout' });
      if (item !== undefined) expect(Number.isFinite(item.version)).toBe(true);
    }),
  );
  fuzz('DynamoDB: page', 2_100, mutated({ Items: [wireItem, wireItem] }), (output) => takenOrNamed(() => storeOf(output).list('locks')));
  fuzz('DynamoDB: what is stored comes back', 4_200, fc.tuple(hostileText, hostileText, hostileValue), ([partition, field, value]) =>
    takenOrNamed(async () => {
      const store = createMemoryStore();
      const fields = { [`${field}x`]: asEvent(value) };
      const key = { partition, sort: 'one' };
      await store.write([{ put: key, value: fields, expect: 'absent' }]);
      expectChange({ put: key, value: fields, expect: 'absent' });
      const item = await store.read(key);
      expect(item?.value).toEqual(unmarshalItem(marshalFields(fields)));
    }),
  );
  fuzz('AWS: JSON answer', 2_800, fc.tuple(mutated({ __type: 'a#ValidationException', message: 'no' }), status), async ([body, code]) => {
    const call = createAwsJsonApi({
      ...{ service: 'dynamodb', region: 'eu-west-1', targetPrefix: 'T', endpoint: 'https://dynamodb.example', clock },
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
      fetch: async () => ({ status: code, text: async () => jsonText(body) }),
    });
    const answer = await call('GetItem', {});
    return answer.status === 'ok' ? 'taken' : 'refused';
  });
  fuzz(
    'CloudWatch: alarms',
    2_800,
    mutated({ MetricAlarms: [{ AlarmName: 'a', StateValue: 'ALARM', StateReason: 'because' }], CompositeAlarms: [] }),
    async (output) => {
      const send = async () => output as never;
      const readings = await createCloudWatchAlarmSource({ send }).read(['a', 'b']);
      return readings.map(reading).includes('taken') ? 'taken' : 'refused';
    },
  );
  fuzz('CloudWatch: metric data', 2_800, mutated(metricData), async (output) => {
    const cloudWatch = createCloudWatchMetrics({ call: answering(asEvent(output)), clock });
    const datapoints = await cloudWatch.measure([
      { kind: 'metric', periodSeconds: 60, metric: latency },
      { kind: 'share', periodSeconds: 60, counted: [latency], of: latency },
    ]);
    expect(datapoints.length).toBe(2);
    for (const datapoint of datapoints) {
      if (datapoint.status === 'value') expect(Number.isFinite(datapoint.value)).toBe(true);
      else expect(datapoint.why.length).toBeLessThanOrEqual(longestReason);
    }
    return datapoints.some(({ status: of }) => of === 'value') ? 'taken' : 'refused';
  });
  fuzz('CloudWatch: list of metrics', 1_400, mutated(listedMetrics), async (output) => {
    const listing = await createCloudWatchMetrics({ call: answering(asEvent(output)), clock }).list({ namespace: 'AWS/ApplicationELB' });
    return listing.status === 'listed' ? 'taken' : 'refused';
  });
  fuzz('Step Functions: execution', 1_400, mutated({ status: 'RUNNING' }), async (output) => {
    const machines = { rollout: 'arn:aws:states:eu-west-1:1:stateMachine:a', rollback: 'arn:aws:states:eu-west-1:1:stateMachine:b' };
    const executions = createStepFunctionsExecutions({ call: answering(asEvent(output)), machines, clock });
    const answer = await executions.describe({ arn: 'arn' });
    expect(typeof answer.status).toBe('string');
    return answer.status === 'unknown' ? 'refused' : 'taken';
  });
  fuzz('Secrets Manager: secret', 1_400, mutated({ SecretString: 'a-secret-that-is-long-enough' }), (output) =>
    takenOrNamed(async () => {
      const secrets = await createSecretSource({ call: answering(asEvent(output)), secretArn: 'arn', clock }).read();
      for (const secret of secrets) expect(secret.length).toBeGreaterThanOrEqual(16);
    }),
  );
});
