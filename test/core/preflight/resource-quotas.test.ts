import { describe, expect, it } from 'vitest';
import { quotaFindings } from '../../../core/preflight/resource-quotas.ts';
import { named } from './sides-for-tests.ts';

const resources = { requests: { cpu: '500m', memory: '256Mi' }, limits: { cpu: '1', memory: '256Mi' } };
const pods = { containers: [{ name: 'app', resources }] };
const quota = (hard: Record<string, string>, used: Record<string, string>, spec = {}) => ({
  metadata: named('team'),
  spec,
  status: { hard, used },
});
const canary = { pods, replicas: 4, exists: false };

describe('what is left of a quota', () => {
  it.each([
    ['cores that are asked for', { 'requests.cpu': '7' }, { 'requests.cpu': '5' }, []],
    ['cores', { 'requests.cpu': '7' }, { 'requests.cpu': '5500m' }, ['2 of requests.cpu, of which 1500m is left']],
    ['cores by their old name', { cpu: '7' }, { cpu: '6' }, ['2 of cpu, of which 1 is left']],
    ['limits', { 'limits.cpu': '7' }, { 'limits.cpu': '4' }, ['4 of limits.cpu, of which 3 is left']],
    ['memory', { 'requests.memory': '2Gi' }, { 'requests.memory': '1.5Gi' }, ['1Gi of requests.memory, of which 512Mi is left']],
    ['pods', { pods: '7' }, { pods: '4' }, ['4 of pods, of which 3 is left']],
    ['pods by count', { 'count/pods': '8' }, { 'count/pods': '4' }, []],
    ['Services', { services: '3' }, { services: '3' }, ['1 of services, of which 0 is left']],
    [
      'Deployments',
      { 'count/deployments.apps': '3' },
      { 'count/deployments.apps': '3' },
      ['1 of count/deployments.apps, of which 0 is left'],
    ],
    ['what the canary does not need', { 'requests.nvidia.com/gpu': '0' }, { 'requests.nvidia.com/gpu': '0' }, []],
    ['a quota that is overdrawn', { pods: '3' }, { pods: '5' }, ['4 of pods, of which 0 is left']],
    [
      'several things',
      { pods: '4', services: '1' },
      { pods: '4', services: '1' },
      ['4 of pods, of which 0 is left; 1 of services, of which 0 is left'],
    ],
  ])('of %s', (_what, hard, used, short) => {
    const found = quotaFindings([quota(hard, used)], canary);
    expect(found.map(({ message }) => message)).toEqual(short.map((text) => `The canary at full weight, 4 pods, needs ${text}.`));
    expect(found.every(({ severity, subject }) => severity === 'refusal' && subject === 'ResourceQuota shop/team')).toBe(true);
  });

  it('is enough where it is used up to the last thousandth', () => {
    const third = { containers: [{ name: 'app', resources: { requests: { cpu: '100m' } } }] };
    expect(quotaFindings([quota({ cpu: '0.6' }, { cpu: '0.3' })], { pods: third, replicas: 3, exists: false })).toEqual([]);
  });

  it('is a warning where a canary is there already, whose pods are counted as used', () => {
    expect(quotaFindings([quota({ pods: '4' }, { pods: '4' })], { ...canary, exists: true })).toMatchObject([{ severity: 'warning' }]);
  });

  it.each([
    ['jobs', { scopes: ['Terminating'] }],
    ['pods without requests', { scopes: ['BestEffort'] }],
    ['a priority', { scopeSelector: { matchExpressions: [] } }],
  ])('of %s is not judged', (_what, spec) => {
    expect(quotaFindings([quota({ pods: '4' }, { pods: '4' }, spec)], canary)).toEqual([]);
  });

  it('of pods without a deadline is judged, as the canary has none', () => {
    expect(quotaFindings([quota({ pods: '4' }, { pods: '4' }, { scopes: ['NotTerminating'] })], canary)).toHaveLength(1);
  });

  it('of a quota that was just made, and has no status yet, is not judged', () => {
    expect(quotaFindings([{ metadata: named('team'), spec: {} }], canary)).toEqual([]);
  });
});

describe('what a pod needs', () => {
  const needs = (pod: Parameters<typeof quotaFindings>[1]['pods'], resource = 'requests.cpu') =>
    quotaFindings([quota({ [resource]: '0' }, {})], { pods: pod, replicas: 1, exists: false })[0]?.message;

  it.each([
    [
      'is the sum of its containers',
      {
        containers: [
          { name: 'a', resources },
          { name: 'b', resources },
        ],
      },
      '1 of',
    ],
    ['is nothing where it asks for nothing', { containers: [{ name: 'a' }] }, undefined],
    ['is its limit where it asks for nothing', { containers: [{ name: 'a', resources: { limits: { cpu: '2' } } }] }, '2 of'],
    [
      'counts a sidecar that is written as an init container',
      { ...pods, initContainers: [{ name: 'proxy', restartPolicy: 'Always', resources }] },
      '1 of',
    ],
    [
      'is what runs before, if that is more',
      { ...pods, initContainers: [{ name: 'load', resources: { requests: { cpu: '3' } } }] },
      '3 of',
    ],
    [
      'is not what runs before, if that is less',
      { ...pods, initContainers: [{ name: 'load', resources: { requests: { cpu: '10m' } } }] },
      '500m of',
    ],
    ['counts the overhead of its runtime', { ...pods, overhead: { cpu: '500m' } }, '1 of'],
  ])('%s', (_what, pod, text) => {
    const message = needs(pod);
    if (text === undefined) expect(message).toBeUndefined();
    else expect(message).toContain(`needs ${text} requests.cpu`);
  });
});
