import { describe, expect, it } from 'vitest';
import { telemetry } from '../../../core/spec/telemetry-spec.ts';

describe('the telemetry of a spec', () => {
  it.each<[unknown]>([
    ['off'],
    [{}],
    [{ stable: 'requests_total', canary: 'requests_total{app="{{canary}}"}' }],
    [{ canary: 'job:requests:total{app=~"checkout-canary|x{1}", path!=\'/healthz\'}' }],
  ])('%j is taken', (source) => {
    expect(telemetry.safeParse(source).success).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a function, behind which no offset may stand', { stable: 'sum(requests_total)' }],
    ['a range', { stable: 'requests_total[1m]' }],
    ['two selectors', { stable: 'requests_total{a="b"} or other_total' }],
    ['a string that does not end', { stable: 'requests_total{a="b}' }],
    ['another side', { baseline: 'requests_total' }],
    ['another word', 'none'],
  ])('%s is refused', (_, source) => {
    expect(telemetry.safeParse(source).success).toBe(false);
  });
});
