import { connectTo } from '../../cli/connection/controller.ts';
import { createInMemoryAlarmSource } from '../../sandbox/cloudwatch/alarm-source.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { lookAtService } from './cluster/service.ts';
import type { Means } from './means.ts';
import type { RunNames } from './names.ts';
import { specOf, specText } from './spec.ts';

export const stableTag = 'v1';
export const canaryTag = 'v2';

/** The service of a run, as the sandbox starts it. */
export function sandboxService({ service, namespace }: RunNames) {
  return { name: service, namespace, replicas: 2, tag: stableTag, virtualService: service, pathPrefix: '/' };
}

/** The alarm, the spec and the means of a run, in the sandbox: what the stories are tested with. */
export async function sandboxMeans(sandbox: Sandbox, names: RunNames): Promise<Means> {
  const { clock, cloudWatch, ecr, engine, deps, functions, kubernetes } = sandbox;
  const repository = sandbox.repositoryOf(names.service);
  const digests = {
    stable: (await ecr.resolve(repository, stableTag)).digest,
    canary: ecr.push({ repository, tag: canaryTag }).digest,
  };
  const metric = { namespace: names.metricNamespace, metricName: names.metric };
  cloudWatch.putMetricAlarm({
    alarmName: names.alarm,
    ...metric,
    statistic: 'Maximum',
    periodSeconds: 10,
    evaluationPeriods: 1,
    threshold: 0.5,
    comparisonOperator: 'GreaterThanThreshold',
    treatMissingData: 'notBreaching',
  });
  await clock.sleep(12_000);
  const spec = specOf(names, { cluster: 'sandbox', repositoryUri: repository });
  const connection = connectTo({
    where: 'the sandbox',
    clock,
    by: 'ada',
    store: deps.store,
    invoke: async (name, input) => functions[name]?.(input),
    startExecution: async (name, input) =>
      (await engine.start('rollout', name, input)) === 'started' ? engine.arnOf('rollout', name) : undefined,
    async describeExecution(arn) {
      const { status = 'unknown', error, cause } = engine.executions.find((each) => each.arn === arn) ?? {};
      return { status, ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    },
  });
  await connection.apply({ file: `${names.service}.yaml`, text: specText(spec) });
  const api = deps.clusters.open({ name: 'sandbox', endpoint: kubernetes.url, certificateAuthority: '' });
  const alarms = createInMemoryAlarmSource(cloudWatch);
  return {
    clock,
    connection,
    push: async (image, tag) => ecr.push({ repository, tag, digest: digests[image] }).digest,
    stop: (executionArn) => engine.stop(executionArn, 'Stopped in the console.'),
    crossThreshold: async () => cloudWatch.record({ ...metric, value: 1, atMs: clock.now() }),
    async alarm() {
      const [reading] = await alarms.read([names.alarm]);
      return reading ?? { name: names.alarm, state: 'missing', reason: '', sinceMs: undefined };
    },
    ...lookAtService(api, spec),
  };
}
