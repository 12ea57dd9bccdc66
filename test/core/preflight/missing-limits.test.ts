import { describe, expect, it } from 'vitest';
import { limitFindings } from '../../../core/preflight/missing-limits.ts';
import type { Container } from '../../../core/preflight/stable-objects.ts';
import { isSaturation } from '../../../core/spec/rollout-spec.ts';
import { metricsIn, withAnalysis } from '../spec/spec-text.ts';

const metrics = metricsIn(
  withAnalysis(
    'analysis:\n  prometheus: { url: http://p:9090 }\n  metrics: [successRate, { saturation: cpu }, { saturation: memory, name: mem }]\n',
  ),
);

function found(containers: readonly Container[], initContainers?: readonly Container[]) {
  const template = { spec: { containers: [...containers], initContainers: initContainers && [...initContainers] } };
  const deployment = { metadata: { name: 'checkout' }, spec: { selector: {}, template } };
  return limitFindings(deployment, metrics.filter(isSaturation), { namespace: 'shop', name: 'checkout' });
}

const limits = (cpu?: string | number, memory?: string) => ({
  resources: { limits: { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) } },
});

describe('a Deployment whose saturation is judged', () => {
  it('has nothing against it where all that runs in it has limits', () => {
    const init = { name: 'migrate' };
    const sidecar = { name: 'agent', restartPolicy: 'Always', ...limits('100m', '64Mi') };
    expect(found([{ name: 'app', ...limits(1, '1Gi') }], [init, sidecar])).toEqual([]);
  });

  it.each([
    ['says nothing of resources', [{ name: 'app' }, { name: 'agent', resources: null }]],
    ['has requests alone', [{ name: 'app', resources: { requests: { cpu: '1', memory: '1Gi' } } }]],
    ['has limits of 0', [{ name: 'app', ...limits('0', '0') }]],
  ])('is warned that there will be no data where it %s', (_, containers) => {
    expect(found(containers).map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', expect.stringMatching(/^None of its containers has a CPU limit: .*cpu saturation has no data, and a rollout is held\.$/)],
      ['warning', expect.stringMatching(/^None of its containers has a memory limit: .*mem has no data/)],
    ]);
  });

  it('is told of the containers that nothing is seen of, and how to mend it', () => {
    expect(
      found([{ name: 'app', ...limits('500m', '1Gi') }, { name: 'agent', ...limits(undefined, '64Mi') }, { name: 'log' }]),
    ).toMatchObject([
      {
        subject: 'Deployment shop/checkout',
        message: 'cpu saturation sees nothing of what has no CPU limit: agent, log.',
        remedy: 'Give them limits, in its manifest too: kubectl -n shop set resources deployment checkout -c agent,log --limits=cpu=…',
      },
      { message: 'mem sees nothing of what has no memory limit: log.' },
    ]);
  });

  it('sees sidecars among the init containers', () => {
    expect(found([{ name: 'app', ...limits('1', '1Gi') }], [{ name: 'agent', restartPolicy: 'Always' }])).toMatchObject([
      { message: expect.stringMatching(/: agent\.$/) },
      { message: expect.stringMatching(/: agent\.$/) },
    ]);
  });
});
