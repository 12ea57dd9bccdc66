import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findOutsideEdits } from '../../adapters/mesh/registry.ts';
import type { KubernetesObject } from '../../core/ports.ts';
import { type RouterCapabilities, routerCapabilities } from '../../core/spec/router-capabilities.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import type { TrafficShape } from '../../core/traffic/shape.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { at, type RouterForContract, RouterHand } from './router-hand.ts';
import { affinityCookie, matchCases } from './traffic-shapes.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A router with the hands of somebody who edits the first of its objects. */
export interface RouterForEdits extends RouterForContract {
  readonly kind: RouterKind;
  /** Where the rules of an object are: `/spec/http`. */
  readonly rulesAt: string;
  readonly rulesOf: (object: KubernetesObject) => readonly Fields[];
  /** A rule that leads to the other side than it does now. */
  readonly turned: (rule: Fields) => Fields;
  /** The rule without its mirrors, and without the cookies of its destinations. */
  readonly withoutMirrors: (rule: Fields) => Fields;
  readonly withoutCookies: (rule: Fields) => Fields;
  /** The rule with something that no rollout writes. */
  readonly withForeign: (rule: Fields) => Fields;
}

const isInserted = ({ name }: Fields) => String(name).startsWith('sluice-');

function shapesOf(capabilities: RouterCapabilities): [string, TrafficShape, number][] {
  const [first] = matchCases(capabilities);
  return [
    ...(first === undefined ? [] : [['a match', { match: [first.match] }, 10] satisfies [string, TrafficShape, number]]),
    ...(capabilities.affinity ? [['affinity', { affinity: affinityCookie }, 10] satisfies [string, TrafficShape, number]] : []),
    ...(capabilities.mirror ? [['a mirror', { mirrorWeight: 20 }, 0] satisfies [string, TrafficShape, number]] : []),
  ];
}

/** The part of a router's contract that keeps promise T6 for what a rollout writes besides weights: who undoes it is noticed, and by restoring undone. */
export function trafficRouterEditsContract(name: string, kind: RouterKind, setUp: () => Promise<RouterForEdits>): void {
  describe(`T6: ${name} as a TrafficRouter whose rules somebody edits`, () => {
    let hand: RouterHand<RouterForEdits>;
    beforeEach(async () => {
      hand = new RouterHand(await setUp());
      await hand.write(0, 1, 'claim');
    });
    afterEach(async () => hand.set.close?.());

    const edits = (shape: TrafficShape, canary = 10, fence = 1) =>
      findOutsideEdits(kind, hand.set.api, hand.set.target, { split: splitAt(canary, 100), fence, shape });
    const rules = async () => {
      const object = await hand.set.api.read(hand.set.objects[0]);
      return object === undefined ? [] : hand.set.rulesOf(object);
    };
    const edit = async (change: (rule: Fields) => Fields | undefined) => {
      const value = (await rules()).flatMap((rule) => change(rule) ?? []);
      const operations = [{ op: 'replace', path: hand.set.rulesAt, value } as const];
      expect(await hand.set.api.write({ jsonPatch: hand.set.objects[0], operations })).toMatchObject({ status: 'written' });
    };
    const restore = (shape: TrafficShape, canary: number) =>
      hand.set.routerOn(hand.set.api).write(hand.set.target, at(canary, 1, 'claim', shape));

    it('nothing is found where no shape is asked for', async () => {
      await hand.write(10, 1, 'owner');
      expect(await edits({})).toEqual([]);
    });

    describe.each(shapesOf(routerCapabilities[kind]))('with %s', (_what, shape, canary) => {
      beforeEach(async () => {
        await hand.step(canary, shape);
      });

      it('nothing is found where nobody edits, at any step', async () => {
        expect(await edits(shape, canary)).toEqual([]);
        const next = canary === 0 ? 0 : 50;
        await hand.step(next, shape);
        expect(await edits(shape, next)).toEqual([]);
      });

      it('nothing is found where somebody edits what no rollout writes', async () => {
        await edit((rule) => (isInserted(rule) ? rule : hand.set.withForeign(rule)));
        expect(await edits(shape, canary)).toEqual([]);
      });

      it('a weight or a fence that is not as written is left to the reading', async () => {
        await edit((rule) => (isInserted(rule) ? undefined : rule['name'] === 'main' ? hand.set.withoutMirrors(rule) : rule));
        expect(await edits(shape, 99)).toEqual([]);
        await hand.removeFence();
        expect(await edits(shape, canary)).toEqual([]);
      });

      if (shape.mirrorWeight === undefined) {
        it('each inserted rule that somebody removed is named, and a claim puts it back', async () => {
          const before = await rules();
          const inserted = before.filter(isInserted);
          expect(inserted.length).toBeGreaterThan(0);
          for (const { name: gone } of inserted) {
            await edit((rule) => (rule['name'] === gone ? undefined : rule));
            expect(await edits(shape)).toEqual([expect.stringMatching(`^The rule ${gone} is gone from .* shop/checkout\\.$`)]);
            await restore(shape, canary);
            expect(await edits(shape)).toEqual([]);
            expect(await rules()).toEqual(before);
          }
        });

        it('an inserted rule that somebody turned is named, and a claim turns it back', async () => {
          const before = await rules();
          const [first] = before.filter(isInserted);
          await edit((rule) => (rule['name'] === first?.['name'] ? hand.set.turned(rule) : rule));
          expect(await edits(shape)).toEqual([expect.stringMatching(`^The rule ${first?.['name']} of .* no longer leads where it did`)]);
          await restore(shape, canary);
          expect(await rules()).toEqual(before);
        });
      }

      if (shape.affinity !== undefined) {
        it('a cookie that is no longer handed out is told, and a claim hands it out again', async () => {
          await edit((rule) => (rule['name'] === 'main' ? hand.set.withoutCookies(rule) : rule));
          expect(await edits(shape)).toEqual([
            expect.stringMatching('^The cookie of the affinity is gone from the rule main of .* shop/checkout'),
          ]);
          await restore(shape, canary);
          expect(await edits(shape)).toEqual([]);
        });
      }

      if (shape.mirrorWeight !== undefined) {
        it('a mirror that somebody removed is told, and a claim puts it back', async () => {
          const before = await rules();
          await edit((rule) => (rule['name'] === 'main' ? hand.set.withoutMirrors(rule) : rule));
          expect(await edits(shape, 0)).toEqual([
            expect.stringMatching('^The mirror to the canary is gone from the rule main of .* shop/checkout'),
          ]);
          await restore(shape, canary);
          expect(await edits(shape, 0)).toEqual([]);
          expect(await rules()).toEqual(before);
        });
      }
    });
  });
}
