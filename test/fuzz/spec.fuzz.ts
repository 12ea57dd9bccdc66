import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect } from 'vitest';
import { stringify } from 'yaml';
import { parseOrThrow, readSpecFile } from '../../cli/commands/spec-files.ts';
import { formatProblem, formatProblemLine } from '../../core/spec/diagnostic.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { applySpec } from '../../functions/apply-spec.ts';
import { specSource } from '../core/rollout/rollout-for-tests.ts';
import { specText } from '../core/spec/spec-text.ts';
import { countedDeps } from './counted-deps.ts';
import { type Fate, fuzz, takenOrNamed } from './fuzz.ts';
import { hostileText } from './hostile.ts';
import { jsonText } from './json-text.ts';
import { mutated } from './mutate.ts';

const file = 'rollouts/checkout.yaml';

const cloudWatchMetric = { namespace: 'Shop/Checkout', name: 'Errors', dimensions: { Service: '{{canary}}' }, stat: 'Sum' };

const sources = [
  { ...specSource() },
  { ...specSource({ steps: { exponential: { every: '1m' } }, router: { kind: 'consul', routes: [{ serviceSplitter: 'checkout' }] } }) },
  {
    ...specSource({
      steps: { linear: { by: 20, every: '1m' } },
      router: { kind: 'gatewayApi', routes: [{ httpRoute: 'checkout', rule: 'main' }], match: [{ header: { name: 'x', regex: 'a+' } }] },
      resilience: {},
    }),
  },
  {
    ...specSource({
      pace: { evidence: { minimumBake: '30s' } },
      analysis: {
        warmUp: '10s',
        budget: { share: '2%', objective: '99.9%' },
        prometheus: { url: 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0a1b2c3d' },
        metrics: [
          { successRate: { margin: { ratio: 1.5, excess: '0.5%' }, objective: '99%' }, name: 'errors' },
          { latency: { above: '250ms', share: '1%' }, startingStep: 2, noData: { hold: '1m', onDeadline: 'pause' } },
          { name: 'p99', mannWhitney: { canary: 'p99{a="{{canary}}"}', baseline: 'p99{a="{{stable}}"}', every: '1s' }, dryRun: true },
          { saturation: 'cpu', window: '5m', max: 0.5 },
          { saturation: 'memory', critical: false },
          { throughput: 'canary', min: 1, startingStep: 2 },
          { name: 'queue', query: 'queue', max: 10, failures: { for: '3m' }, critical: false },
          { loadBalancer: 'app/shop/50dc6c495c0c9188', measure: 'failedShare', max: 0.01 },
          {
            name: 'ratio',
            cloudwatch: { expression: 'a / b', metrics: { a: cloudWatchMetric, b: cloudWatchMetric } },
            max: 1,
          },
        ],
      },
    }),
  },
];

/** The text of a spec with something in it, something left out, and anchors. */
const spoiltText = fc
  .record({
    noise: fc.oneof(
      { arbitrary: hostileText, weight: 60 },
      { arbitrary: fc.constantFrom(...yamlTraps()), weight: 10 },
      { arbitrary: fc.constantFrom(...hugeTraps()), weight: 1 },
    ),
    from: fc.nat(specText.length),
    cut: fc.nat(40),
  })
  .map(({ noise, from, cut }) => specText.slice(0, from) + noise + specText.slice(from + cut));

function yamlTraps(): string[] {
  const levels = Array.from({ length: 20 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(10)}]`);
  return [
    `a0: &a0 [x]\n${levels.join('\n')}\n`,
    `a: &a ${'x'.repeat(20_000)}\nb: [${'*a,'.repeat(99)}]\n`,
    '&a [*a]\n',
    'a: &a { b: *a }\n',
    '<<: { name: x }\n',
    '? [a]\n: 1\n',
    '!!js/undefined x\n',
    '"__proto__": { promotion: git }\n',
    '%TAG ! tag:example.com,2000:\n---\n',
    '0o17',
    '0x1F',
    '.inf',
    '.nan',
    '2026-01-05',
    '|\n  a\n b',
    '\u0085\u2028',
  ];
}

function hugeTraps(): string[] {
  return [
    `${Array.from({ length: 3_000 }, (_, index) => `k${index}: 1`).join('\n')}\n`,
    `steps:\n${'  - {}\n'.repeat(3_000)}`,
    '['.repeat(20_000),
    '{a: '.repeat(20_000),
    '- '.repeat(20_000),
    `${' '.repeat(20_000)}x`,
  ];
}

/** What is wrong is told within bounds, whatever is in the file. */
function parsed(text: string): Fate {
  const result = parseSpec(text, file);
  if (result.ok) return 'taken';
  expect(result.problems.length).toBeGreaterThan(0);
  expect(result.problems.length).toBeLessThanOrEqual(60);
  for (const problem of result.problems) {
    expect(formatProblemLine(problem).length).toBeLessThanOrEqual(2_000);
    expect(formatProblem(problem, { colour: false }).length).toBeLessThanOrEqual(4_000);
  }
  return 'refused';
}

describe('a spec', () => {
  fuzz('spec: YAML', 4_200, spoiltText, parsed);
  fuzz('spec: values, as JSON', 3_500, mutated(...sources), (value) => parsed(jsonText(value)));
  fuzz('spec: values, as YAML', 700, mutated(...sources), (value) => parsed(yamlOf(value)));

  fuzz('ApplySpec: event', 1_800, mutated({ file, text: specText }), async (event) => {
    const { deps, written } = countedDeps();
    const fate = await takenOrNamed(() => applySpec.wiredWith(deps)(event));
    if (fate === 'refused') expect(written()).toBe(0);
    return fate;
  });
  fuzz('ApplySpec: file', 1_800, fc.tuple(fc.oneof(hostileText, fc.constant(file)), spoiltText), async ([name, text]) => {
    const { deps, written } = countedDeps();
    const fate = await takenOrNamed(() => applySpec.wiredWith(deps)({ file: name, text }));
    if (fate === 'refused') expect(written()).toBe(0);
    return fate;
  });
});

function yamlOf(value: unknown): string {
  try {
    return stringify(value, { aliasDuplicateObjects: true });
  } catch {
    // Too deep to be written; what is as deep in text stands among the traps.
    return '['.repeat(5_000);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-fuzz-'));
afterAll(() => rm(folder, { recursive: true }));

describe('the command', () => {
  fuzz('sluice: spec file', 500, fc.tuple(spoiltText, hostileText), async ([text, name]) => {
    await writeFile(join(folder, 'checkout.yaml'), text);
    await takenOrNamed(() => readSpecFile(folder, name));
    return takenOrNamed(async () => parseOrThrow(await readSpecFile(folder, 'checkout.yaml')));
  });
});
