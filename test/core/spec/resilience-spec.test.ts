import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { specText } from './spec-text.ts';

const parse = (resilience: string) => parseSpec(`${specText}resilience:\n  ${resilience}\n`, 'rollouts/checkout.yaml');

describe('what a spec may ask for while its rollout runs', () => {
  it.each([
    'retries: { attempts: 0 }',
    'retries: { attempts: 2, perTryTimeout: 1s, on: [503, "429", 5xx, unavailable, reset-before-request] }'.replace('503', '"503"'),
    'timeout: 5s',
    'outlierDetection: { interval: 1s, ejection: 1m }',
  ])('takes %s', (resilience) => {
    expect(parse(resilience)).toMatchObject({ ok: true });
  });

  it.each([
    ['timeout: 0s', 'resilience.timeout', 'a duration of at least 1s'],
    ['retries: { attempts: 1, perTryTimeout: 0s }', 'resilience.retries.perTryTimeout', 'a duration of at least 1s'],
    ['outlierDetection: { interval: 0s }', 'resilience.outlierDetection.interval', 'a duration of at least 1s'],
    ['retries: { attempts: 1, on: [foo] }', 'resilience.retries.on[0]', 'one of 5xx, gateway-error'],
    ['retries: { attempts: 1, on: ["5034"] }', 'resilience.retries.on[0]', 'or a status code'],
  ])('refuses what the mesh would refuse in mid-rollout: %s', (resilience, path, expected) => {
    const parsed = parse(resilience);
    expect(parsed.ok ? [] : parsed.problems).toMatchObject([{ path, expected: expect.stringContaining(expected) }]);
  });
});
