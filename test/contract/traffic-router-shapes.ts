import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FencedError } from '../../core/errors.ts';
import type { RouterCapabilities } from '../../core/spec/router-capabilities.ts';
import type { TrafficShape } from '../../core/traffic/shape.ts';
import { overtaken } from '../fakes/unreliable-kubernetes.ts';
import { at, both, type RequestForContract, type RouterForShapes, RouterHand, type Treatment } from './router-hand.ts';
import { affinityCookie, matchCases, resilienceOf } from './traffic-shapes.ts';

export type { RequestForContract, RouterForShapes, Treatment } from './router-hand.ts';

/** Who nobody makes an exception for. */
const anybody: RequestForContract = {};

/**
 * What every TrafficRouter does with shapes that its mesh is capable of: they are written with the split, moved with it, and gone with a
 * door's write, as if they had never been there.
 */
export function trafficRouterShapesContract(name: string, capabilities: RouterCapabilities, setUp: () => Promise<RouterForShapes>): void {
  const { affinity, mirror } = capabilities;
  const matches = matchCases(capabilities);
  const resilience = resilienceOf(capabilities);
  const shapes: [string, TrafficShape][] = [
    ...matches.map(({ what, match }): [string, TrafficShape] => [what, { match: [match] }]),
    ...(affinity ? [['affinity', { affinity: affinityCookie }] satisfies [string, TrafficShape]] : []),
    ...(mirror ? [['a mirror', { mirrorWeight: 20 }] satisfies [string, TrafficShape]] : []),
    ...(resilience === undefined ? [] : [['resilience', { resilience }] satisfies [string, TrafficShape]]),
  ];
  const all: TrafficShape = {
    ...(matches.length === 0 ? {} : { match: matches.map(({ match }) => match) }),
    ...(affinity ? { affinity: affinityCookie } : {}),
    ...(resilience === undefined ? {} : { resilience }),
  };
  if (matches.length > 1) shapes.push(['all together', all]);

  describe(`${name} as a TrafficRouter with shapes`, () => {
    let hand: RouterHand<RouterForShapes>;
    beforeEach(async () => {
      hand = new RouterHand(await setUp());
      await hand.write(0, 1, 'claim');
    });
    afterEach(async () => hand.set.close?.());

    const objects = async () => (await hand.raw()).filter((object) => object !== undefined);
    /** By each of the two objects. */
    const treatments = async (request: RequestForContract): Promise<Treatment[]> =>
      (await objects()).map((object) => hand.set.treatmentOf(object, request));
    const specs = async () => (await objects()).map((object) => object['spec']);
    const foreign = async () => (await objects()).map((object) => hand.set.foreignOf(object));

    describe.each(shapes)('with %s', (_what, shape) => {
      it('reads the weight that was written, and leaves alone what is not ours', async () => {
        const before = await foreign();
        const readings = await hand.step(10, shape);
        expect(readings.map(({ split }) => split.canary)).toEqual([10, 10]);
        expect(await hand.read()).toEqual(both(10, 1));
        expect(await foreign()).toStrictEqual(before);
      });

      it('gives whoever nobody makes an exception for the weights that were written', async () => {
        await hand.step(10, shape);
        expect((await treatments(anybody)).map(({ split }) => split)).toEqual([at(10, 1, 'owner').split, at(10, 1, 'owner').split]);
      });

      it('may be written again, which writes nothing', async () => {
        await hand.step(10, shape);
        const before = await hand.raw();
        await hand.step(10, shape);
        expect(await hand.raw()).toEqual(before);
      });

      it('is there once however often the weight moves', async () => {
        await hand.step(50, shape);
        const before = await specs();
        await hand.step(10, shape);
        await hand.step(25, shape);
        await hand.step(50, shape);
        expect(await specs()).toStrictEqual(before);
        expect(await hand.read()).toEqual(both(50, 1));
      });

      it('T4: is gone with the write of a door, and all is as it was when the canary is removed', async () => {
        await hand.write(0, 2, 'door');
        await hand.router.removeCanary(hand.set.target, 2);
        const before = await hand.contents();
        const untouched = await treatments(anybody);
        await hand.write(0, 3, 'claim');
        await hand.router.write(hand.set.target, at(10, 3, 'owner', shape));
        await hand.router.write(hand.set.target, at(50, 3, 'owner', shape));
        await hand.write(0, 4, 'door');
        expect((await treatments(anybody)).map(withoutSplit)).toEqual(untouched.map(withoutSplit));
        expect(await hand.read()).toEqual(both(0, 4));
        await hand.router.removeCanary(hand.set.target, 4);
        expect(await hand.contents()).toStrictEqual(before);
      });

      it('is gone with a step that does not ask for it', async () => {
        await hand.write(10, 1, 'owner');
        const before = await specs();
        await hand.step(10, shape);
        await hand.step(10, {});
        expect(await specs()).toStrictEqual(before);
      });

      it('T6: is put back by a claim, where somebody wrote the weights', async () => {
        await hand.step(10, shape);
        const before = await specs();
        await hand.write(40, 1, 'owner');
        await hand.router.write(hand.set.target, at(10, 1, 'claim', shape));
        expect(await specs()).toStrictEqual(before);
      });

      it('T3: is not written past the tombstone of a door', async () => {
        await hand.write(0, 2, 'door');
        const before = await hand.raw();
        await expect(hand.step(10, shape)).rejects.toThrow(FencedError);
        expect(await hand.raw()).toEqual(before);
      });

      it('T3: is refused by the API where a door was quicker', async () => {
        const api = overtaken(hand.set.api, () => hand.write(0, 2, 'door'));
        await expect(hand.step(10, shape, api)).rejects.toThrow(FencedError);
        expect(api.results[0]).toBe('conflict');
        expect(await hand.read()).toEqual(both(0, 2));
      });

      it('T5: leaves another rollout on the same object as it is, and the other way round', async () => {
        const { router, set } = hand;
        await router.write(set.other, at(0, 7, 'claim'));
        const api = overtaken(set.api, () => router.write(set.other, at(60, 7, 'owner', shape)));
        await hand.step(25, shape, api);
        expect(await hand.read()).toEqual(both(25, 1));
        expect(await hand.read(set.other)).toEqual([[40, 60, 7]]);
        const before = await specs();
        await router.write(set.other, at(0, 8, 'door'));
        await router.write(set.other, at(0, 9, 'claim'));
        await router.write(set.other, at(60, 9, 'owner', shape));
        expect(await hand.read()).toEqual(both(25, 1));
        await hand.write(0, 2, 'door');
        await router.removeCanary(set.target, 2);
        expect(await hand.read(set.other)).toEqual([[40, 60, 9]]);
        await hand.write(0, 3, 'claim');
        await hand.router.write(set.target, at(25, 3, 'owner', shape));
        if (shape.affinity === undefined) expect(await specs()).toStrictEqual(before);
      });
    });

    describe.each(matches)('a match of $what', ({ match, fitting, others }) => {
      it.each(fitting)('sends %j to the canary, whatever its weight is', async (request) => {
        for (const weight of [1, 50, 99]) {
          await hand.step(weight, { match: [match] });
          for (const { split } of await treatments(request)) expect(split).toMatchObject({ stable: 0, canary: expect.any(Number) });
          expect((await treatments(request)).every(({ split }) => split.canary > 0)).toBe(true);
        }
      });

      it.each([...others, anybody])('leaves %j to the weights', async (request) => {
        await hand.step(10, { match: [match] });
        for (const { split } of await treatments(request)) expect(split).toEqual({ stable: 90, canary: 10 });
      });
    });

    if (matches.length > 1) {
      it('several matches mean any of them', async () => {
        await hand.step(10, { match: matches.map(({ match }) => match) });
        for (const { fitting } of matches) {
          for (const request of fitting) {
            expect((await treatments(request)).map(({ split }) => split.stable)).toEqual([0, 0]);
          }
        }
        expect((await treatments(anybody)).map(({ split }) => split.stable)).toEqual([90, 90]);
      });
    }

    if (affinity) {
      describe('affinity', () => {
        const shape = { affinity: affinityCookie };
        const cookiesAt = async (weight: number) => {
          await hand.step(weight, shape);
          return (await treatments(anybody)).map(({ setCookie }) => setCookie);
        };
        const asUserOf = (setCookie: string | undefined): RequestForContract => ({
          headers: { cookie: `theme=dark; ${setCookie?.split(';')[0] ?? ''}; last=1` },
        });

        it('hands out one cookie for each side, with how long it holds', async () => {
          for (const { stable, canary } of await cookiesAt(10)) {
            expect([stable, canary].map((text) => text?.split('; ').toSorted())).toEqual([
              ['HttpOnly', 'Max-Age=3600', 'Path=/', 'sluice-user=1-stable-10'],
              ['HttpOnly', 'Max-Age=3600', 'Path=/', 'sluice-user=1-canary'],
            ]);
          }
        });

        it('keeps who the canary answered there through a rising weight', async () => {
          const [cookie] = await cookiesAt(10);
          for (const weight of [10, 25, 50, 99]) {
            await hand.step(weight, shape);
            for (const { split } of await treatments(asUserOf(cookie?.canary))) expect(split.stable).toBe(0);
          }
        });

        it('keeps who stable answered there until the weight rises, and then draws again', async () => {
          const [cookie] = await cookiesAt(10);
          for (const { split } of await treatments(asUserOf(cookie?.stable))) expect(split.canary).toBe(0);
          await hand.step(25, shape);
          for (const { split } of await treatments(asUserOf(cookie?.stable))) expect(split).toEqual({ stable: 75, canary: 25 });
        });

        it('draws again for a cookie of an earlier rollout', async () => {
          const [cookie] = await cookiesAt(10);
          await hand.write(0, 2, 'door');
          await hand.write(0, 3, 'claim');
          await hand.router.write(hand.set.target, at(10, 3, 'owner', shape));
          for (const text of [cookie?.canary, cookie?.stable]) {
            for (const { split } of await treatments(asUserOf(text))) expect(split).toEqual({ stable: 90, canary: 10 });
          }
        });
      });
    }

    if (mirror) {
      it.each([1, 20, 100])('copies %i in a hundred to the canary, whose answers nobody gets', async (mirrorWeight) => {
        await hand.step(0, { mirrorWeight });
        for (const { split, mirroredPercent } of await treatments(anybody)) {
          expect(split).toMatchObject({ canary: 0 });
          expect(mirroredPercent).toBeCloseTo(mirrorWeight);
        }
      });

      it('copies nothing any more once the canary has a weight', async () => {
        await hand.step(0, { mirrorWeight: 20 });
        await hand.write(5, 1, 'owner');
        expect((await treatments(anybody)).map(({ mirroredPercent }) => mirroredPercent)).toEqual([0, 0]);
      });
    }

    if (resilience !== undefined) {
      it('treats requests to both sides, and those that are matched, in the same way', async () => {
        await hand.step(10, all);
        const [first, second] = await treatments(anybody);
        expect(first?.timeout).toEqual(second?.timeout);
        expect(first?.retries).toEqual(second?.retries);
        for (const { fitting } of matches) {
          for (const request of fitting) {
            for (const { timeout, retries } of await treatments(request)) {
              expect({ timeout, retries }).toEqual({ timeout: first?.timeout, retries: first?.retries });
            }
          }
        }
      });
    }
  });
}

/** All but the weights: after a door both are written out, which says the same as a single destination. */
function withoutSplit({ split, ...rest }: Treatment) {
  return { ...rest, canary: split.canary };
}
