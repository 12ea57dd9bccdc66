import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { routerCapabilities } from '../../core/spec/router-capabilities.ts';
import type { RouterKind } from '../../core/spec/router-spec.ts';
import { Browser, matchRows, type RealTraffic, type UserAnswer } from './real-users.ts';
import { TrafficHand } from './traffic-hand.ts';

export type { RealTraffic, SideReceived, UserAnswer, UserRequest } from './real-users.ts';

const affinity = { cookie: 'sluice-side', maxAgeSeconds: 3600 };
const browsers = 20;

/**
 * What a data plane makes of what a router writes, asked with requests of users. One set-up serves all rows: each claims the routes under a
 * newer fence, and ends with a door and the canary's removal, after which the objects are what they were.
 *
 * @param kind Rows that this kind of mesh cannot do are left out.
 * @param setUp Called once, before the first row.
 */
export function realTrafficContract(name: string, kind: RouterKind, setUp: () => Promise<RealTraffic>): void {
  const capabilities = routerCapabilities[kind];

  describe(`${name}, asked with requests`, () => {
    let traffic: RealTraffic;
    let hand: TrafficHand;
    beforeAll(async () => {
      traffic = await setUp();
      hand = new TrafficHand(traffic);
    });
    afterAll(async () => traffic.close?.());
    beforeEach(() => hand.claim());
    afterEach(() => hand.giveBack());

    it.each([0, 1, 5, 25, 50, 99, 100])('gives the canary the share of weight %i', async (weight) => {
      await hand.write(weight);
      const before = await traffic.received();
      const answers = await hand.send();
      hand.expectShare(canaryOf(answers), weight);
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      const { canary } = await traffic.received();
      expect(canary.requests - before.canary.requests).toBe(canaryOf(answers));
    });

    it('follows the weight up, and by a door down to nothing', async () => {
      for (const weight of [10, 50, 100]) await hand.write(weight);
      expect(canaryOf(await hand.send())).toBe(hand.requests);
      await hand.door();
      expect(canaryOf(await hand.send())).toBe(0);
    });

    const able = matchRows.filter((row) => capabilities.match.includes(row.kind) && capabilities.compare.includes(row.compare));
    it.each(able)('sends users with $title to the canary and nobody else, until a door', async ({ match, fits, misses }) => {
      await hand.write(0, { match: [match] });
      for (const user of fits) expect([user, await hand.sidesOf(user)]).toEqual([user, new Set(['canary'])]);
      for (const user of misses) expect([user, await hand.sidesOf(user)]).toEqual([user, new Set(['stable'])]);
      await hand.door();
      for (const user of fits) expect([user, await hand.sidesOf(user)]).toEqual([user, new Set(['stable'])]);
    });

    it.runIf(capabilities.match.length > 1)('takes several matches for any of them, and leaves everybody else their share', async () => {
      const match = [{ header: { name: 'x-trial', exact: 'yes' } }, { cookie: { name: 'trial', exact: 'yes' } }];
      await hand.write(25, { match });
      expect(await hand.sidesOf({ headers: { 'x-trial': 'yes' } })).toEqual(new Set(['canary']));
      expect(await hand.sidesOf({ cookies: { trial: 'yes' } })).toEqual(new Set(['canary']));
      hand.expectShare(canaryOf(await hand.send()), 25);
    });

    const mirrorWeights = capabilities.mirror ? [10, 100] : [];
    it.each(mirrorWeights)('copies %i of 100 requests to the canary, whose answers nobody gets, until a door', async (mirrorWeight) => {
      await hand.write(0, { mirrorWeight });
      const before = await traffic.received();
      expect(canaryOf(await hand.send())).toBe(0);
      await traffic.settle();
      const { stable, canary } = await traffic.received();
      hand.expectShare(canary.mirrored - before.canary.mirrored, mirrorWeight);
      expect([canary.requests, stable.requests]).toEqual([before.canary.requests, before.stable.requests + hand.requests]);
      await hand.door();
      await hand.send();
      await traffic.settle();
      expect((await traffic.received()).canary).toEqual(canary);
    });

    it.runIf(capabilities.affinity)('keeps a user where the first answer came from, while the weight stays', async () => {
      await hand.write(50, { affinity });
      const users = Array.from({ length: browsers }, () => new Browser(traffic, affinity.cookie));
      for (const user of users) for (let visit = 0; visit < 5; visit += 1) await user.visit();
      expect(users.map(({ sides }) => new Set(sides).size)).toEqual(users.map(() => 1));
      expect(new Set(users.flatMap(({ sides }) => sides))).toEqual(new Set(['stable', 'canary']));
    });

    it.runIf(capabilities.affinity)('lets no user of the canary back to stable while the weight rises, until a door', async () => {
      const users = Array.from({ length: browsers }, () => new Browser(traffic, affinity.cookie));
      for (const weight of [25, 50, 75]) {
        await hand.write(weight, { affinity });
        for (const user of users) for (let visit = 0; visit < 3; visit += 1) await user.visit();
      }
      for (const { sides } of users) expect(sides.lastIndexOf('stable')).toBeLessThanOrEqual(firstOnCanary(sides));
      expect(users.some(({ sides }) => sides[0] === 'stable' && sides.at(-1) === 'canary')).toBe(true);
      await hand.door();
      for (const user of users) expect(await user.visit()).toBe('stable');
    });

    it.runIf(capabilities.affinity)(
      'sets no other cookie than the one that keeps a user, for all paths and out of reach of scripts',
      async () => {
        await hand.write(50, { affinity });
        const cookies = (await traffic.send(20)).flatMap(({ setCookies }) => setCookies);
        expect(cookies).toHaveLength(20);
        for (const cookie of cookies) {
          const [pair, ...attributes] = cookie.split(';').map((part) => part.trim());
          expect(pair).toMatch(new RegExp(`^${affinity.cookie}=${hand.fence}-(canary|stable-50)$`));
          expect(attributes.map((each) => each.toLowerCase())).toEqual(expect.arrayContaining(['path=/', 'max-age=3600', 'httponly']));
        }
        await hand.door();
        expect((await traffic.send(20)).flatMap(({ setCookies }) => setCookies)).toEqual([]);
      },
    );
  });
}

function canaryOf(answers: readonly UserAnswer[]): number {
  return answers.filter(({ side }) => side === 'canary').length;
}

/** Where the canary first answered; beyond the end where it never did. */
function firstOnCanary(sides: readonly (string | undefined)[]): number {
  const first = sides.indexOf('canary');
  return first < 0 ? sides.length : first;
}
