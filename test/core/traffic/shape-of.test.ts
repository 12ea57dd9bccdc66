import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { shapeOf } from '../../../core/traffic/shape-of.ts';
import { specText, withRouter } from '../spec/spec-text.ts';

const route = '  kind: istio\n  routes:\n    - virtualService: checkout\n';
const match = [{ header: { name: 'x-beta', exact: 'yes' } }];
const asking = `${route}  match:\n    - header: { name: x-beta, exact: yes }\n  affinity: { cookie: side, maxAge: 10m }\n`.replace(
  'exact: yes',
  'exact: "yes"',
);
const resilience = 'resilience: { timeout: 5s, retries: { attempts: 2 }, outlierDetection: {} }\n';

function specOf(text: string) {
  const parsed = parseSpec(text, 'rollouts/checkout.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ path, expected }) => `${path}: ${expected}`).join('\n'));
  return parsed.spec;
}

const weighted = { index: 0, weight: 10, bakeSeconds: 60 };
const mirrored = { index: 0, weight: 0, mirrorWeight: 20, bakeSeconds: 60 };

describe('what stands on the routes besides the split', () => {
  it('is nothing where the spec asks for nothing', () => {
    expect(shapeOf(specOf(specText), weighted)).toEqual({});
    expect(shapeOf(specOf(specText), undefined)).toEqual({});
  });

  it('is what the spec asks for, from the first step with a weight on', () => {
    const spec = specOf(withRouter(asking, resilience));
    expect(shapeOf(spec, weighted)).toEqual({
      match,
      affinity: { cookie: 'side', maxAgeSeconds: 600 },
      resilience: { timeoutSeconds: 5, retries: expect.objectContaining({ attempts: 2 }) },
    });
  });

  it('is a mirror, and no user on the canary, at a step that mirrors', () => {
    expect(shapeOf(specOf(withRouter(asking)), mirrored)).toEqual({ mirrorWeight: 20 });
    expect(shapeOf(specOf(withRouter(asking, 'resilience: { timeout: 5s }\n')), mirrored)).toEqual({
      mirrorWeight: 20,
      resilience: { timeoutSeconds: 5 },
    });
  });

  it('is not outlier detection, which is on no route', () => {
    expect(shapeOf(specOf(withRouter(route, 'resilience: { outlierDetection: {} }\n')), weighted)).toEqual({});
  });
});
