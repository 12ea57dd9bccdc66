import { describe, expect, it } from 'vitest';
import { findMisplacedFields } from '../../../../adapters/mesh/istio/destination-rule-misplaced.ts';
import { destinationRule, stableRule } from './destination-rules.ts';

const found = (spec: object, metadata: object = {}) =>
  findMisplacedFields(destinationRule('checkout', { host: 'checkout', ...spec }, { ...metadata })).map(
    ({ message, remedy }) => [message.split(' ')[0], /spec\.http\[\]\.[^ ,]+/.exec(remedy)?.[0]] as const,
  );

describe('fields of an http route in a DestinationRule', () => {
  it.each([
    [{ trafficPolicy: { retries: { attempts: 3 } } }, 'spec.trafficPolicy.retries', 'spec.http[].retries'],
    [{ trafficPolicy: { retryPolicy: { numRetries: 3 } } }, 'spec.trafficPolicy.retryPolicy', 'spec.http[].retries'],
    [{ trafficPolicy: { timeout: '5s' } }, 'spec.trafficPolicy.timeout', 'spec.http[].timeout'],
    [{ timeout: '5s' }, 'spec.timeout', 'spec.http[].timeout'],
    [
      { trafficPolicy: { connectionPool: { http: { perTryTimeout: '1s' } } } },
      'spec.trafficPolicy.connectionPool.http.perTryTimeout',
      'spec.http[].retries.perTryTimeout',
    ],
    [
      { trafficPolicy: { outlierDetection: { attempts: 2 } } },
      'spec.trafficPolicy.outlierDetection.attempts',
      'spec.http[].retries.attempts',
    ],
    [
      { trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, fault: {} }] } },
      'spec.trafficPolicy.portLevelSettings[0].fault',
      'spec.http[].fault',
    ],
    [{ subsets: [{ name: 'v1' }, { trafficPolicy: { mirror: {} } }] }, 'spec.subsets[1].trafficPolicy.mirror', 'spec.http[].mirror'],
  ])('%j: %s belongs to %s', (spec, path, place) => {
    expect(found(spec)).toEqual([[path, place]]);
  });

  it('are found in what kubectl remembers of the manifest, where the API server has dropped them', () => {
    const manifest = destinationRule('checkout', { host: 'checkout', trafficPolicy: { retries: { attempts: 3 } } });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(manifest) };
    const [finding, ...others] = findMisplacedFields(destinationRule('checkout', { host: 'checkout', trafficPolicy: {} }, { annotations }));
    expect(others).toEqual([]);
    expect(finding).toEqual({
      severity: 'warning',
      subject: 'DestinationRule shop/checkout',
      message: 'spec.trafficPolicy.retries is no field of a DestinationRule: the API server drops it, and nothing comes of it.',
      remedy:
        'Write it on the VirtualService, as spec.http[].retries, and take it out of the DestinationRule. A rollout may ask for its own by resilience.retries in the spec.',
    });
  });

  it('are told once where both the object and what kubectl remembers have them', () => {
    const spec = { trafficPolicy: { retries: { attempts: 3 } } };
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(destinationRule('checkout', spec)) };
    expect(found(spec, { annotations })).toHaveLength(1);
  });

  it.each([
    ['a rule with all that belongs there', stableRule],
    [
      'a budget of retries and a limit of them, which do',
      destinationRule('a', { trafficPolicy: { retryBudget: {}, connectionPool: { http: { maxRetries: 3 } } } }),
    ],
    ['a VirtualService', { ...stableRule, kind: 'VirtualService', spec: { trafficPolicy: { retries: {} } } }],
    ["somebody else's kind of that name", { ...stableRule, apiVersion: 'example.com/v1', spec: { trafficPolicy: { retries: {} } } }],
    ['a rule without a spec', { ...stableRule, spec: null }],
    ['a memory that is no JSON', destinationRule('a', {}, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' } })],
    ['no object at all', 'retries'],
  ])('are not found in %s', (_what, object) => {
    expect(findMisplacedFields(object)).toEqual([]);
  });

  it('name the namespace that the file is for, where the manifest has none', () => {
    const manifest = { apiVersion: 'networking.istio.io/v1beta1', kind: 'DestinationRule', metadata: { name: 'a' }, spec: { retries: {} } };
    expect(findMisplacedFields(manifest, 'shop')).toMatchObject([{ subject: 'DestinationRule shop/a' }]);
  });
});
