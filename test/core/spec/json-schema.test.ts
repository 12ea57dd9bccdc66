import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fromJSONSchema } from 'zod';
import * as z from 'zod/mini';
import { rolloutJsonSchema } from '../../../core/spec/json-schema.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { changed, specText, withRouter, withSteps } from './spec-text.ts';

const root = new URL('../../../', import.meta.url);
const committed: Record<string, unknown> = JSON.parse(readFileSync(new URL('core/spec/rollout.schema.json', root), 'utf8'));
const examples = readdirSync(new URL('rollouts/', root)).filter((name) => name.endsWith('.yaml'));

/** The committed file, read back into a validator that knows nothing of our schema. */
const editor = fromJSONSchema(committed);

describe('the JSON Schema that editors read', () => {
  it('is current; if not, run scripts/write-json-schema.ts', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(rolloutJsonSchema())));
  });

  it('says what it is', () => {
    expect(committed).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://sluice.dev/schemas/rollout.json',
      title: 'Sluice rollout',
      required: ['name', 'cluster', 'namespace', 'workload', 'image', 'router', 'steps', 'analysis'],
    });
  });

  it('gives defaults as somebody would write them', () => {
    expect(committed).toMatchObject({
      properties: {
        analysis: { properties: { interval: { type: 'string', default: '10s' } } },
        deadlines: { properties: { rollout: { type: 'string', default: '24h' } } },
        policies: { properties: { noData: { properties: { hold: { type: 'string', default: '5m' } } } } },
      },
    });
  });

  it.each([
    ['a good spec', specText, true],
    ['linear steps', withSteps('steps: { linear: { by: 20, every: 5m } }\n'), true],
    ['exponential steps', withSteps('steps: { exponential: { every: 5m } }\n'), true],
    ['an unknown key', changed('weight: 10\n', 'wieght: 10\n'), false],
    ['a key missing', changed('cluster: shop-production\n', ''), false],
    ['no duration', changed('bake: 2m', 'bake: 2mm'), false],
    ['seconds as a number', changed('bake: 2m', 'bake: 120'), false],
    ['another mesh', changed('kind: istio', 'kind: nobody'), false],
    ['a route of another mesh', changed('kind: istio', 'kind: consul'), false],
    ['a route of Istio by its port', withRouter('  kind: istio\n  routes:\n    - { virtualService: a, tcp: { port: 5432 } }\n'), true],
    ['subsets', withRouter('  kind: istio\n  subsets: { host: a }\n  routes:\n    - virtualService: a\n'), true],
    ['subsets where there are none', withRouter('  kind: linkerd\n  subsets: { host: a }\n  routes:\n    - httpRoute: a\n'), false],
    [
      'routes of the Gateway API',
      withRouter('  kind: gatewayApi\n  routes:\n    - { httpRoute: a, path: /a }\n    - grpcRoute: b\n'),
      true,
    ],
    ['a GRPCRoute by a path', withRouter('  kind: gatewayApi\n  routes:\n    - { grpcRoute: a, path: /a }\n'), false],
    ['a splitter', withRouter('  kind: consul\n  routes:\n    - serviceSplitter: a\n'), true],
    ['a mirror', withSteps('steps:\n  - { mirror: 5, bake: 1m }\n  - { weight: 100, bake: 1m }\n'), true],
  ])('agrees with the parser on %s', (_, text, valid) => {
    const value: unknown = parse(text);
    expect(editor.safeParse(value).success).toBe(valid);
    expect(z.safeParse(rolloutSpec, value).success).toBe(valid);
  });
});

describe('the examples', () => {
  it('are there', () => {
    expect(examples).toContain('checkout.yaml');
  });

  it.each(examples)('%s holds, for the parser and for an editor', (name) => {
    const text = readFileSync(new URL(`rollouts/${name}`, root), 'utf8');
    expect(parseSpec(text, `rollouts/${name}`)).toMatchObject({ ok: true });
    expect(editor.safeParse(parse(text)).success).toBe(true);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/core\/spec\/rollout\.schema\.json\n/);
  });
});
