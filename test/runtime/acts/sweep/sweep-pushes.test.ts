import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../adapters/store/memory.ts';
import { Specs } from '../../../../adapters/store/specs.ts';
import type { ImageFound } from '../../../../core/ports.ts';
import { pushBounds, sweepPushes } from '../../../../runtime/acts/sweep/sweep-pushes.ts';
import { VirtualClock } from '../../../../sandbox/clock.ts';
import { createMemoryLog } from '../../../../sandbox/log.ts';
import { specSource } from '../../../core/rollout/rollout-for-tests.ts';

const nameOf = (index: number) => `service-${String(index).padStart(5, '0')}`;
/** As the sweep's own, but for a number that a test fills quickly. */
const bounds = { ...pushBounds, services: 40 };
const repositoryOf = (name: string) => `registry.example.com/shop/${name}`;

/** So many services, and a registry that takes some time for each answer and may have an image that nobody told of. */
async function setUp(services: number) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  for (let index = 0; index < services; index += 1) {
    const name = nameOf(index);
    await new Specs(store).apply({ ...specSource({ name, image: { repository: repositoryOf(name), tags: ['v*'] } }) }, clock.now());
  }
  const asked: string[] = [];
  const pushed = new Map<string, ImageFound>();
  const registry = { answerMs: 0 };
  const started: string[] = [];
  const refusing = new Set<string>();
  const deps = {
    clock,
    store,
    log: createMemoryLog(),
    images: {
      resolve: () => Promise.reject(new Error('nobody asks for one image')),
      pushedSince: async (repository: string) => {
        const name = repository.split('/').at(-1) ?? '';
        asked.push(name);
        if (registry.answerMs > 0) await clock.sleep(registry.answerMs);
        const image = pushed.get(name);
        return image === undefined ? [] : [image];
      },
    },
    executions: {
      start: async (_machine: string, name: string): Promise<'started'> => {
        if ([...refusing].some((refused) => name.startsWith(refused))) throw new Error(`refused ${name}`);
        started.push(name);
        return 'started';
      },
      describe: () => Promise.reject(new Error('nobody asks')),
      stop: () => Promise.reject(new Error('nobody stops')),
    },
  };
  const push = (name: string) => {
    const digest = `sha256:${'a'.repeat(64)}`;
    pushed.set(name, { repository: repositoryOf(name), tags: ['v2'], digest, pushedAtMs: clock.now() + 1 });
  };
  const run = async () => {
    asked.length = 0;
    const swept = await sweepPushes(deps, bounds);
    return { ...swept, asked: [...asked] };
  };
  return { clock, store, registry, push, refusing, started, run, specs: new Specs(store) };
}

describe('O2: a sweep for lost pushes', () => {
  it('looks at every service in every run as long as there are no more than it can look at', async () => {
    const { run, store } = await setUp(30);
    for (let minute = 0; minute < 2; minute += 1) {
      const { asked, postponed } = await run();
      expect(asked.toSorted()).toEqual(Array.from({ length: 30 }, (_, index) => nameOf(index)));
      expect(postponed).toBe(0);
    }
    expect(await store.list('sweep-turns')).toEqual([]);
  });

  it('looks at each of more services within as many runs as they need, those first that the last run left', async () => {
    const { run } = await setUp(2 * bounds.services + 15);
    const first = await run();
    expect(first.asked).toHaveLength(bounds.services);
    expect(first.postponed).toBe(bounds.services + 15);
    const second = await run();
    expect(second.asked[0]).toBe(nameOf(bounds.services));
    const third = await run();
    expect(third.asked.slice(0, 16)).toEqual([...Array.from({ length: 15 }, (_, index) => nameOf(2 * bounds.services + index)), nameOf(0)]);
    expect(new Set([...first.asked, ...second.asked, ...third.asked]).size).toBe(2 * bounds.services + 15);
  });

  it('finds a lost push of a service whose turn comes later', async () => {
    const { run, push, clock, started } = await setUp(bounds.services + 1);
    push(nameOf(bounds.services));
    await clock.sleep(10_000);
    expect((await run()).started).toEqual([]);
    await clock.sleep(60_000);
    expect((await run()).started).toEqual([`${nameOf(bounds.services)}-push-aaaaaaaaaaaaaaaa`]);
    expect(started).toHaveLength(1);
  });

  it('leaves the rest of the run to others where the registry is slow, and goes on from there', async () => {
    const { run, registry, clock } = await setUp(100);
    registry.answerMs = 5_000;
    const fromMs = clock.now();
    const first = await run();
    expect(first.asked).toHaveLength(30);
    expect(first.postponed).toBe(70);
    expect(clock.now() - fromMs).toBeLessThan((bounds.seconds + 5) * 1000);
    const second = await run();
    expect(second.asked[0]).toBe(nameOf(30));
  });

  it('is not kept from the other services, nor from their turns, by one that cannot be started', async () => {
    const { run, push, clock, refusing, started } = await setUp(bounds.services + 5);
    push(nameOf(0));
    push(nameOf(1));
    push(nameOf(bounds.services + 1));
    refusing.add(nameOf(0));
    await clock.sleep(10_000);
    await expect(run()).rejects.toThrow('refused service-00000');
    expect(started).toEqual([`${nameOf(1)}-push-aaaaaaaaaaaaaaaa`]);
    await expect(run()).rejects.toThrow('refused service-00000');
    expect(started).toContain(`${nameOf(bounds.services + 1)}-push-aaaaaaaaaaaaaaaa`);
  });

  it('looks at 10,000 services within five minutes', () => {
    expect(Math.ceil(10_000 / pushBounds.services)).toBe(5);
  });

  it('asks nothing about services that are retired', async () => {
    const { run, specs } = await setUp(3);
    await specs.retire(nameOf(1), 1);
    expect((await run()).asked).toEqual([nameOf(0), nameOf(2)]);
  });
});
