import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FencedError } from '../../../core/errors.ts';
import type { JsonPatchOperation } from '../../../core/ports.ts';
import { type Side, wholeSplit } from '../../../core/traffic/split.ts';
import { halfWay, refNamed } from './example-mesh.ts';
import { commandsOf, optionOf, pageOf, type Section, sectionsOf } from './pages.ts';

/** Of each section, the example that its commands are written for. */
const examples: Readonly<Record<string, string>> = {
  Istio: 'istio',
  'Istio, tcp or tls': 'istio-tcp',
  'Istio, subsets': 'istio-subsets',
  'Gateway API': 'gateway-api',
  Linkerd: 'linkerd',
  Consul: 'consul',
};
const sides: Readonly<Record<string, Side>> = { 'All on stable': 'stable', 'All on the canary': 'canary' };
const sections = sectionsOf(pageOf('weights.md'));

interface PatchByHand {
  readonly folder: string;
  readonly side: Side;
  readonly resource: string;
  readonly name: string;
  readonly operations: readonly JsonPatchOperation[];
}

function patchesOf({ title, text }: Section): PatchByHand[] {
  return sectionsOf(text, '###').flatMap((part) =>
    commandsOf(part.text).map((words) => ({
      folder: examples[title] ?? '',
      side: sides[part.title] ?? 'stable',
      resource: words[4] ?? '',
      name: words[5] ?? '',
      operations: JSON.parse(optionOf(words, '--patch') ?? '[]') as JsonPatchOperation[],
    })),
  );
}

const patches = sections.flatMap(patchesOf);

describe('weights by hand', () => {
  it('are there for each example of a mesh; ambient has the routes of the Gateway API', () => {
    const folders = readdirSync(new URL('../../../examples/meshes/', import.meta.url)).filter((folder) => folder !== 'ambient');
    expect(sections.map(({ title }) => examples[title]).toSorted()).toEqual(folders.toSorted());
  });

  it.each(sections)('are first seen, then written for either side: $title', ({ text }) => {
    expect(sectionsOf(text, '###').map(({ title }) => title)).toEqual(Object.keys(sides));
    expect(commandsOf(text)[0]).toContain('get');
  });

  it.each(sections)('are written for every route of the example: $title', async (section) => {
    const { target, targetOf } = await halfWay(examples[section.title] ?? '');
    for (const side of Object.values(sides)) {
      const own = patchesOf(section).filter((patch) => patch.side === side);
      expect(own.flatMap(({ resource, name }) => targetOf(resource, name).routes)).toEqual(target.routes);
    }
  });
});

describe.each(patches)('$folder: $resource $name, all on $side', ({ folder, side, resource, name, operations }) => {
  const write = { jsonPatch: refNamed(resource, name), operations };

  it('gives that side all the traffic, under a new fence', async () => {
    const { api, router, targetOf } = await halfWay(folder);
    expect(await api.write(write)).toMatchObject({ status: 'written' });
    expect(await router.read(targetOf(resource, name))).toMatchObject([{ split: wholeSplit(side, 100), fence: 8 }]);
  });

  it('leaves no rule that sends chosen users elsewhere', async () => {
    const { api } = await halfWay(folder);
    await api.write(write);
    expect(JSON.stringify(api.peek(write.jsonPatch)?.['spec'])).not.toContain('sluice-checkout');
  });

  it('T3: keeps a step out that comes late', async () => {
    const { api, raise } = await halfWay(folder);
    await api.write(write);
    await expect(raise()).rejects.toThrow(FencedError);
  });

  it('writes nothing where somebody was quicker', async () => {
    const { api, router, target } = await halfWay(folder);
    await router.write(target, { split: wholeSplit('stable', 100), fence: 9, role: 'door' });
    const before = api.peek(write.jsonPatch);
    expect(await api.write(write)).toMatchObject({ status: 'conflict' });
    expect(api.peek(write.jsonPatch)).toEqual(before);
  });

  it('writes nothing where the rules were counted wrongly', async () => {
    const { api } = await halfWay(folder);
    const list = operations.flatMap(({ path }) => /^(\/spec\/\w+)\/\d+\//.exec(path)?.[1] ?? [])[0];
    const first: JsonPatchOperation = { op: 'add', path: `${list}/0`, value: { name: 'before' } };
    await api.write({ jsonPatch: write.jsonPatch, operations: [first] });
    const before = api.peek(write.jsonPatch);
    expect(await api.write(write)).toMatchObject({ status: 'conflict' });
    expect(api.peek(write.jsonPatch)).toEqual(before);
  });
});

describe('a controller that comes back after weights were written by hand', () => {
  it.each(Object.values(examples))('takes the canary out of the routes as ever: %s', async (folder) => {
    const { api, router, target, specs, before } = await halfWay(folder);
    for (const { resource, name, operations } of patches.filter((patch) => patch.folder === folder && patch.side === 'stable')) {
      await api.write({ jsonPatch: refNamed(resource, name), operations });
    }
    await router.removeCanary(target, 8);
    expect(specs()).toStrictEqual(before);
  });

  it.each(Object.values(examples))('brings all back to stable where they were given to the canary: %s', async (folder) => {
    const { api, router, target } = await halfWay(folder);
    for (const { resource, name, operations } of patches.filter((patch) => patch.folder === folder && patch.side === 'canary')) {
      await api.write({ jsonPatch: refNamed(resource, name), operations });
    }
    const readings = await router.write(target, { split: wholeSplit('stable', 100), fence: 9, role: 'door' });
    expect(readings.map(({ split }) => split)).toEqual(target.routes.map(() => wholeSplit('stable', 100)));
  });
});
