import { describe, expect, it } from 'vitest';
import { lint } from './biome.ts';

const importing = (specifier: string) => `import { planted } from '${specifier}';\nexport const used = planted;\n`;
const using = (expression: string) => `export const used = ${expression};\n`;

const refusedImports: [layer: string, from: string, specifier: string, why: string][] = [
  ...['adapters/mesh/fence.ts', 'runtime/deps.ts', 'functions/abort.ts', 'cli/main.ts', 'console/page.ts'].map(
    above('core', 'put a port into core/ports.ts'),
  ),
  ...['sandbox/clock.ts', 'stacks/app.ts', 'scripts/bundle.ts', 'test/fakes/dynamodb.ts'].map(
    above('core', 'put a port into core/ports.ts'),
  ),
  ...['@aws-sdk/client-eks', '@aws-sdk/client-eks/dist-es/commands.js', '@smithy/core/serde', '@smithy/signature-v4'].map(
    named('core', 'core/ is pure'),
  ),
  ...['@aws-lambda-powertools/logger', '@middy/core', 'node:fs', 'node:fs/promises', 'node:crypto'].map(named('core', 'core/ is pure')),
  ...['runtime/deps.ts', 'functions/abort.ts', 'cli/main.ts', 'sandbox/clock.ts', 'stacks/app.ts'].map(
    above('adapters', 'nothing above them'),
  ),
  ...['functions/abort.ts', 'cli/main.ts', 'sandbox/clock.ts', 'stacks/app.ts'].map(above('runtime', 'core/ and adapters/ only')),
  ...['cli/main.ts', 'sandbox/clock.ts', 'stacks/app.ts'].map(above('functions', 'what they import is deployed')),
  ['functions', 'functions/planted.ts', './abort.ts', 'put what they share into runtime/acts/'],
  ['functions', 'functions/planted.ts', '../functions/abort.ts', 'put what they share into runtime/acts/'],
  ...['cli/main.ts', 'stacks/app.ts', 'test/fakes/dynamodb.ts'].map(above('sandbox', 'nothing that is built upon it')),
  ...['functions/abort.ts', 'adapters/mesh/fence.ts', 'sandbox/clock.ts'].map(above('stacks', 'they run none of what they deploy')),
  ...['stacks/app.ts', 'test/fakes/dynamodb.ts'].map(above('cli', 'sandbox/ only')),
  ...['console', 'scripts', 'state-machines'].map((layer) => above(layer, 'Only tests and cli/ import the sandbox')('sandbox/clock.ts')),
];

const refusedWords = [
  ...['process.env', 'console.log', 'fetch', 'setTimeout', 'setInterval', 'performance.now()', 'crypto.randomUUID()', 'Buffer.from("")'],
  ...['globalThis.process', 'Date.now()', '[1].map(Date.now)', 'new Date()', 'Date()', 'Math.random()'],
];

const legal: [path: string, text: string][] = [
  ['core/rollout/legal.ts', importing('../traffic/split.ts')],
  ['core/legal-library.ts', importing('zod/mini')],
  ['core/legal-time.ts', using('new Date(0).getTime() + Date.parse("2026-01-05")')],
  ['adapters/mesh/legal.ts', importing('../../core/ports.ts')],
  ['adapters/legal-sdk.ts', importing('@aws-sdk/client-eks')],
  ['runtime/acts/legal.ts', importing('../../adapters/mesh/registry.ts')],
  ['runtime/legal-environment.ts', using('process.env')],
  ['functions/legal.ts', importing('../runtime/acts/analyse.ts')],
  ['cli/legal.ts', importing('../sandbox/clock.ts')],
  ['sandbox/legal.ts', importing('../functions/abort.ts')],
  ['sandbox/promql/legal.ts', importing('./functions.ts')],
  ['stacks/legal.ts', importing('../runtime/environment.ts')],
  ['scripts/legal.ts', importing('../runtime/bundle-options.ts')],
  ['test/legal.ts', importing('../sandbox/clock.ts')],
];

/** One level deeper than the layer itself, as most files are. */
function above(layer: string, why: string) {
  return (target: string): [string, string, string, string] => [layer, `${layer}/planted/file.ts`, `../../${target}`, why];
}

function named(layer: string, why: string) {
  return (specifier: string): [string, string, string, string] => [layer, `${layer}/planted.ts`, specifier, why];
}

const plantedAt = (path: string, index: number) => path.replace(/\.ts$/, `-${index}.ts`);
const refusalsOf = await lint(
  new Map([
    ...refusedImports.map(([, path, specifier], index) => [plantedAt(path, index), importing(specifier)] as const),
    ...refusedWords.map((word, index) => [`core/word-${index}.ts`, using(word)] as const),
    ...legal,
  ]),
);

describe('imports go one way', () => {
  it.each(refusedImports.map((planted, index) => [...planted, index] as const))('%s: %s may not import %s', (_, path, __, why, index) => {
    expect(refusalsOf(plantedAt(path, index))).toEqual([{ rule: 'lint/style/noRestrictedImports', message: expect.stringContaining(why) }]);
  });

  it.each(legal)('%s is let through', (path) => {
    expect(refusalsOf(path)).toEqual([]);
  });
});

describe('core is pure', () => {
  it.each(refusedWords.map((word, index) => [word, index] as const))('%s is refused there', (_, index) => {
    expect(refusalsOf(`core/word-${index}.ts`)).toEqual([
      {
        rule: expect.stringMatching(/^(plugin|lint\/style\/noRestrictedGlobals)$/),
        message: expect.stringMatching(/no clock and no chance|Do not use the global variable/),
      },
    ]);
  });

  it.each(['process.env', 'Date.now()', 'Math.random()'])('%s is let through elsewhere', async (word) => {
    const elsewhere = await lint(new Map([['adapters/clock.ts', using(word)]]));
    expect(elsewhere('adapters/clock.ts')).toEqual([]);
  });
});
