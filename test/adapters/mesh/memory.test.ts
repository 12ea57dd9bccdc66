import { expect, it } from 'vitest';
import { beforeAnnotation } from '../../../adapters/mesh/fence.ts';
import { rememberedRules } from '../../../adapters/mesh/memory.ts';

const remembering = (text: string) => {
  const annotations = { [beforeAnnotation('checkout')]: text };
  return rememberedRules({ apiVersion: 'v1', kind: 'Any', metadata: { name: 'checkout', annotations } }, { rollout: 'checkout' });
};

it.each([
  ['{"main":{"weight":1}}', { main: { weight: 1 } }],
  ['[]', undefined],
  ['{', undefined],
  [`{"main":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, undefined],
])('reads %.30s as what rules were, or as nothing', (text, expected) => {
  expect(remembering(text)).toEqual(expected);
});
