import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterUnavailableError, FencedError, SluiceError } from '../../core/errors.ts';
import type { KubernetesApi, WriteRole } from '../../core/ports.ts';
import { delayingWrites, overtaken } from '../fakes/unreliable-kubernetes.ts';
import { at, both, type RouterForContract, RouterHand } from './router-hand.ts';

/** The part of a router's contract that keeps promise T3: who may write under which fence, and nobody past a tombstone. */
export function trafficRouterFenceContract(name: string, setUp: () => Promise<RouterForContract>): void {
  describe(`T3: ${name} as a TrafficRouter that is fenced`, () => {
    let hand: RouterHand;
    beforeEach(async () => {
      hand = new RouterHand(await setUp());
    });
    afterEach(async () => hand.set.close?.());

    describe('who may write', () => {
      it.each<[WriteRole, string, number | undefined, boolean]>([
        ['claim', 'no fence', undefined, true],
        ['claim', 'an older fence', 4, true],
        ['claim', 'its own fence', 5, true],
        ['claim', 'a newer fence', 6, false],
        ['owner', 'no fence', undefined, false],
        ['owner', 'an older fence', 4, false],
        ['owner', 'its own fence', 5, true],
        ['owner', 'a newer fence', 6, false],
        ['door', 'no fence', undefined, true],
        ['door', 'an older fence', 4, true],
        ['door', 'its own fence', 5, true],
        ['door', 'a newer fence', 6, false],
      ])('a %s where the route carries %s (%s): %s', async (role, _what, found, may) => {
        if (found !== undefined) await hand.write(0, found, 'claim');
        const weight = role === 'owner' ? 10 : 0;
        const before = await hand.raw();
        if (may) {
          await hand.write(weight, 5, role);
          expect(await hand.read()).toEqual(both(weight, 5));
        } else {
          await expect(hand.write(weight, 5, role)).rejects.toThrow(FencedError);
          expect(await hand.raw()).toEqual(before);
        }
      });

      it.each(['carries fence 6 for', 'not 5', 'Another owner has taken over'])('and whoever may not is told: %s', async (text) => {
        await hand.write(0, 6, 'claim');
        await expect(hand.write(10, 5, 'owner')).rejects.toThrow(text);
      });

      it('an owner gives way where somebody removed its fence, and a door does not', async () => {
        await hand.write(0, 1, 'claim');
        await hand.write(50, 1, 'owner');
        await hand.removeFence();
        await expect(hand.write(60, 1, 'owner')).rejects.toThrow('Somebody removed the fence');
        expect(await hand.read()).toEqual([
          [50, 50, undefined],
          [50, 50, 1],
        ]);
        await hand.write(0, 2, 'door');
        expect(await hand.read()).toEqual(both(0, 2));
      });
    });

    describe('an owner that raises its own fence', () => {
      const raise = (hand: RouterHand, api = hand.set.api) =>
        hand.set.routerOn(api).write(hand.set.target, { ...at(100, 2, 'owner', {}), replaces: 1 });

      beforeEach(async () => {
        await hand.write(0, 1, 'claim');
        await hand.write(100, 1, 'owner');
      });

      it('closes the routes to whoever still has the one before, and leaves the weights', async () => {
        await raise(hand);
        expect(await hand.read()).toEqual(both(100, 2));
        for (const role of ['claim', 'owner', 'door'] as const) await expect(hand.write(0, 1, role)).rejects.toThrow(FencedError);
        expect(await hand.read()).toEqual(both(100, 2));
      });

      it.each([2, 3])('gives way to a door that has written fence %i, whatever the weights are', async (fence) => {
        await hand.write(0, fence, 'door');
        await expect(raise(hand)).rejects.toThrow(FencedError);
        expect(await hand.read()).toEqual(both(0, fence));
      });

      it('gives way where somebody removed the fence', async () => {
        await hand.removeFence();
        await expect(raise(hand)).rejects.toThrow('Somebody removed the fence');
      });

      it('gives way to a door that is quicker by a moment', async () => {
        await expect(
          raise(
            hand,
            overtaken(hand.set.api, () => hand.write(0, 2, 'door')),
          ),
        ).rejects.toThrow(FencedError);
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it('puts right what a late owner of the same fence has written a moment before', async () => {
        await raise(
          hand,
          overtaken(hand.set.api, () => hand.write(10, 1, 'owner')),
        );
        expect(await hand.read()).toEqual(both(100, 2));
      });
    });

    describe("a door's tombstone", () => {
      it.each<[string, number | undefined]>([
        ['has weight', 50],
        ['has weight 0', 0],
        ['was never in the route', undefined],
      ])('is written where the canary %s, and an owner never gets past it', async (_what, weight) => {
        await hand.write(0, 1, 'claim');
        if (weight !== undefined) {
          await hand.write(10, 1, 'owner');
          await hand.write(weight, 1, 'owner');
        }
        await hand.write(0, 2, 'door');
        await expect(hand.write(50, 1, 'owner')).rejects.toThrow(FencedError);
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it('may be written by many doors', async () => {
        await hand.write(0, 1, 'claim');
        await hand.write(50, 1, 'owner');
        await Promise.all([1, 2, 3].map(() => untilWritten(() => hand.write(0, 2, 'door'))));
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it('sends everything to the canary where that is the safe side', async () => {
        await hand.write(0, 1, 'claim');
        await hand.write(100, 1, 'owner');
        await hand.write(100, 2, 'door');
        expect(await hand.read()).toEqual(both(100, 2));
      });

      it.each([0, 1])('makes the API itself refuse a raise that was computed before it, at object %i', async (atWrite) => {
        await hand.write(0, 1, 'claim');
        const api = overtaken(hand.set.api, () => hand.write(0, 2, 'door'), { atWrite });
        await expect(hand.write(50, 1, 'owner', api)).rejects.toThrow(FencedError);
        expect(api.results.at(-1)).toBe('conflict');
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it('makes the API refuse a claim that was computed before it', async () => {
        const api = overtaken(hand.set.api, () => hand.write(0, 2, 'door'));
        await expect(hand.write(0, 1, 'claim', api)).rejects.toThrow(FencedError);
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it.each(['owner', 'claim'] as const)('makes the API refuse what an %s sent before it, and what arrives after it', async (role) => {
        await hand.write(0, 1, 'claim');
        const delaying = delayingWrites(hand.set.api);
        await expect(hand.write(50, 1, role, delaying.api)).rejects.toThrow(ClusterUnavailableError);
        await hand.write(0, 2, 'door');
        expect((await delaying.arrive()).map(({ status }) => status)).toEqual(['conflict']);
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it('wins against any number of owners, in any order of all requests', async () => {
        const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 3 });
        const property = fc.asyncProperty(fc.scheduler(), weights, async (scheduler, list) => {
          const fresh = new RouterHand(await setUp());
          await fresh.write(0, 1, 'claim');
          const api = scheduled(fresh.set.api, scheduler);
          const owners = list.map((weight) => fresh.write(weight, 1, 'owner', api));
          const door = untilWritten(() => fresh.write(0, 2, 'door', api));
          await scheduler.waitFor(Promise.allSettled([...owners, door]));
          await door;
          expect(await fresh.read()).toEqual(both(0, 2));
          await fresh.set.close?.();
        });
        await fc.assert(property, { numRuns: 40 });
      });
    });
  });
}

/** Each request is sent when the scheduler says so. */
function scheduled(api: KubernetesApi, scheduler: fc.Scheduler): KubernetesApi {
  return {
    read: (ref) => scheduler.schedule(Promise.resolve('read')).then(() => api.read(ref)),
    list: (ref, selector) => api.list(ref, selector),
    write: (write) => scheduler.schedule(Promise.resolve('write')).then(() => api.write(write)),
    remove: (ref, preconditions) => api.remove(ref, preconditions),
  };
}

/** As Step Functions does: again, while the error says that this can help. */
async function untilWritten(act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (!(error instanceof SluiceError) || !error.retryable || attempt === 8) throw error;
    }
  }
}
