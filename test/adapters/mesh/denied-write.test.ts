import { afterEach, describe, expect, it } from 'vitest';
import { leftBehind } from '../../../adapters/mesh/left-behind.ts';
import { createRouter } from '../../../adapters/mesh/registry.ts';
import { ClusterForbiddenError, RouteRejectedError, WorkloadRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject } from '../../../core/ports.ts';
import type { TrafficShape } from '../../../core/traffic/shape.ts';
import { restoreTrafficWithoutStore } from '../../../runtime/acts/restore-traffic.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { at, both, RouterHand } from '../../contract/router-hand.ts';
import type { Fields } from '../../contract/traffic-router-edits.ts';
import { affinityCookie } from '../../contract/traffic-shapes.ts';
import { behindWebhook, type Webhook } from '../../fakes/admission-webhook.ts';
import { gatewayInSandbox, istioInSandbox, type SandboxRoutes } from './edited-routes.ts';

const shape: TrafficShape = {
  match: [{ header: { name: 'x-team', exact: 'yes' } }],
  affinity: affinityCookie,
};

const meshes = [
  ['Istio', istioInSandbox],
  ['Gateway API', () => gatewayInSandbox('gatewayApi')],
] as const;

const withoutWeights = (spec: unknown) => JSON.stringify(spec, (key, value: unknown) => (key === 'weight' ? undefined : value));
const insertedIn = (object: KubernetesObject) => JSON.stringify(object['spec']).match(/sluice-checkout-[a-z]+/g)?.length ?? 0;

/** Whatever weights say may change, and nothing else of the routes. */
const weightsOnly: Webhook = (before, after) =>
  withoutWeights(before['spec']) === withoutWeights(after['spec']) ? undefined : 'routes change by Git, but for their weights';
/** Rules may be changed, and not removed. */
const noRemoval: Webhook = (before, after) => (insertedIn(after) < insertedIn(before) ? 'rules are not removed by hand' : undefined);
const nothingAtAll: Webhook = () => 'the change freeze is on';

describe.each(meshes)('T2: a rollback in %s, in the sandbox, where an admission webhook denies its write', (_mesh, start) => {
  let set: SandboxRoutes;
  afterEach(() => set.close?.());

  /** At half, with all that a shape writes; from then on the webhook looks at each patch. */
  async function halfWay(webhook: Webhook, code: 400 | 403 | 409 | 422) {
    set = await start();
    const hand = new RouterHand(set);
    const before = await hand.contents();
    await hand.write(0, 1, 'claim');
    await hand.step(50, set.kind === 'istio' ? { ...shape, resilience: { timeoutSeconds: 3 } } : shape);
    const guarded = behindWebhook(set.url, code, webhook);
    const router = createRouter(set.kind, guarded.api);
    const specs = async () => (await hand.raw()).map((object) => object?.['spec']);
    const rules = async () => (await hand.raw()).flatMap((object) => (object === undefined ? [] : set.rulesOf(object)));
    return { hand, before, guarded, router, specs, rules };
  }

  const codes = [400, 403, 409, 422] as const;

  it.each(codes)('with %i, but for weights: these and the fence are written, and the rest goes with the canary', async (code) => {
    const { hand, before, guarded, router, specs } = await halfWay(weightsOnly, code);
    const shaped = withoutWeights(await specs());
    const left = leftBehind(await router.write(set.target, at(0, 2, 'door')));
    expect(await hand.read()).toEqual(both(0, 2));
    expect(withoutWeights(await specs())).toBe(shaped);
    expect(left).toHaveLength(2);
    expect(left[0]).toMatch(
      /^\w+ shop\/checkout took no more than the weights\. Requests that its inserted rules fit still go where those lead\./,
    );
    expect(left[0]).toContain('admission webhook "routes.example.com" denied the request: routes change by Git, but for their weights');
    expect(guarded.denials).toBeGreaterThan(1);
    guarded.webhook = undefined;
    await router.removeCanary(set.target, 2);
    expect(await hand.contents()).toEqual(before);
  });

  it('is told in the log of the door, with what the routes did not take', async () => {
    const { guarded, router } = await halfWay(weightsOnly, 403);
    const log = createMemoryLog();
    await restoreTrafficWithoutStore({ log }, { api: guarded.api, kind: set.kind, router, target: set.target }, 1, 'stable');
    const told = log.lines.filter(({ message }) => message === 'a route took less than the rollback wrote');
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({ level: 'warn', fields: { left: expect.stringContaining('took no more than the weights') } });
  });

  it.each(codes)('with %i, for rules that would be removed: they lead to stable instead', async (code) => {
    const { hand, before, guarded, router, rules } = await halfWay(noRemoval, code);
    const left = leftBehind(await router.write(set.target, at(0, 2, 'door')));
    expect(await hand.read()).toEqual(both(0, 2));
    const inserted = (await rules()).filter(({ name }: Fields) => String(name).startsWith('sluice-'));
    expect(inserted.length).toBeGreaterThan(0);
    expect(JSON.stringify(inserted)).not.toContain('"checkout-canary"');
    expect(left[0]).toContain(
      'took no more than the weights, and that its inserted rules lead to stable. The rest is to go with the canary.',
    );
    guarded.webhook = undefined;
    await router.removeCanary(set.target, 2);
    expect(await hand.contents()).toEqual(before);
  });

  it('it may be done again, by many doors and by the rollback itself, and nothing more is denied once the webhook is gone', async () => {
    const { hand, guarded, router, rules } = await halfWay(weightsOnly, 403);
    await router.write(set.target, at(0, 2, 'door'));
    await router.write(set.target, at(0, 2, 'door'));
    await router.write(set.target, at(0, 2, 'owner'));
    expect(await hand.read()).toEqual(both(0, 2));
    guarded.webhook = undefined;
    expect(leftBehind(await router.write(set.target, at(0, 2, 'owner')))).toEqual([]);
    expect((await rules()).filter(({ name }: Fields) => String(name).startsWith('sluice-'))).toEqual([]);
  });

  it('T3: what is written instead is fenced as the whole is', async () => {
    const { hand, router } = await halfWay(weightsOnly, 403);
    await router.write(set.target, at(0, 3, 'door'));
    await expect(router.write(set.target, at(100, 2, 'door'))).rejects.toThrow('carries fence 3 for');
    expect(await hand.read()).toEqual(both(0, 3));
  });

  it.each([
    [400, WorkloadRejectedError],
    [403, ClusterForbiddenError],
  ] as const)('where it denies everything with %i, the objection to the whole is thrown, to be tried again', async (code, expected) => {
    const { hand, guarded, router } = await halfWay(nothingAtAll, code);
    const write = router.write(set.target, at(0, 2, 'door'));
    await expect(write).rejects.toThrow(expected);
    await expect(write).rejects.toThrow('the change freeze is on');
    expect(guarded.denials).toBeLessThanOrEqual(6);
    expect(await hand.read()).toEqual(both(50, 1));
  });

  it('a step that raises is not written by halves', async () => {
    const { hand, router } = await halfWay(weightsOnly, 422);
    const write = router.write(set.target, at(80, 1, 'owner', { match: [{ header: { name: 'x-team', exact: 'no' } }] }));
    await expect(write).rejects.toThrow(RouteRejectedError);
    expect(await hand.read()).toEqual(both(50, 1));
  });

  it('the canary stays in the routes, and is not removed, as long as that is denied', async () => {
    const { hand, router } = await halfWay(noRemoval, 403);
    await router.write(set.target, at(0, 2, 'door'));
    await expect(router.removeCanary(set.target, 2)).rejects.toThrow('rules are not removed by hand');
    expect(await hand.read()).toEqual(both(0, 2));
  });
});
