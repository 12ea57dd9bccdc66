import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Behaviours, tagOf } from './behaviours.ts';

it.each([
  ['web:v2', 'v2'],
  ['registry:5000/shop/web:v2', 'v2'],
  ['registry:5000/shop/web', 'latest'],
  ['shop/web:v2@sha256:abc', 'v2'],
  ['shop/web@sha256:abc', 'shop/web@sha256:abc'],
])('the version of %s is %s', (image, version) => {
  expect(tagOf(image)).toBe(version);
});

it('finds what was said of an image, or of its version, also after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-behaviours-'));
  const file = join(folder, 'behaviours.json');
  const behaviours = await Behaviours.open(file);
  await behaviours.set('v2', { service: { latencyMs: 10 } });
  await behaviours.set('shop/cart:v2', { service: { latencyMs: 20 } });
  await behaviours.set('shop/web@sha256:abc', { version: 'v3', pod: { readyAfterMs: 'never' } });
  for (const opened of [behaviours, await Behaviours.open(file)]) {
    expect(opened.of('shop/web:v2')).toEqual({ service: { latencyMs: 10 } });
    expect(opened.of('shop/cart:v2')).toEqual({ service: { latencyMs: 20 } });
    expect(opened.of('shop/web:v1')).toEqual({});
    expect(opened.versionOf('shop/web@sha256:abc')).toBe('v3');
  }
  await rm(folder, { recursive: true });
});
