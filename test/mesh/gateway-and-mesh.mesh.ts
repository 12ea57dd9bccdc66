import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { fenceAnnotation } from '../../adapters/mesh/fence.ts';
import { createRouter } from '../../adapters/mesh/registry.ts';
import { FencedError } from '../../core/errors.ts';
import type { RouteTarget, TrafficRouter } from '../../core/ports.ts';
import { ScaledClock } from '../../sandbox/clock.ts';
import type { Fault, RequestFacts } from '../../sandbox/kubernetes/kubernetes.ts';
import { at, both } from '../contract/router-hand.ts';
import { overtaken } from '../fakes/unreliable-kubernetes.ts';
import { harm } from '../scenarios/harm.ts';
import { runScenario, type ScenarioOutcome } from '../scenarios/run-scenario.ts';
import type { Stage } from '../scenarios/stage.ts';
import { attachBench, attachCluster, hasBenchOrSays, servesOrSays } from './bench/attach.ts';
import type { Bench, FreshNamespace, MeshCluster } from './bench/types.ts';
import {
  BothWays,
  givesInnerItsQuarter,
  http,
  inner,
  innerRoutes,
  outer,
  requests,
  routeKinds,
  routers,
} from './gateway-and-mesh/both-ways.ts';
import { meshTier } from './tier/mesh-tier.ts';

const hasEnvoys = hasBenchOrSays('requests on both ways of one rollout need the Envoys of the bench.');
const isServed = servesOrSays('one rollout of two VirtualServices', ['networking.istio.io/v1/VirtualService']);

/** Writes a newer fence, as another owner does, before the API server gets the first request of Sluice that is such a one. */
function overtake(ways: BothWays, where: (request: RequestFacts) => boolean): void {
  const fencing = (request: RequestFacts) => {
    const isSuch = where(request);
    if (isSuch) ways.fenceInner(99);
    return isSuch;
  };
  harm(ways.stage, fencing, { kind: 'slow', delayMs: 0 });
}

const abort = (stage: Stage) => stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'a look at both ways' });

describe.runIf(hasEnvoys).each(['istio', 'gatewayApi'] as const)('one rollout of two routes, gateway and mesh, by %s', (kind) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await attachBench();
  });
  afterAll(() => bench?.detach());

  /** The rollout is over when the story is, and has left nothing behind. */
  async function play(name: string, story: (ways: BothWays) => Promise<void>, readyAfterMs = 0): Promise<ScenarioOutcome> {
    const description = inject('meshBench');
    if (description === undefined) throw new Error('there is no bench');
    let ways: BothWays | undefined;
    const outcome = await runScenario(
      {
        name,
        title: `${name}, ${kind}`,
        promises: ['T2', 'T3', 'T4', 'T5'],
        services: [{ name: 'checkout', namespace: 'shop', replicas: 2, tag: 'v1', mesh: kind, virtualService: outer, pathPrefix: '/' }],
        requestsPerSecond: 20,
        settleSeconds: 0,
        // Until it is ready, the routes are claimed, with a weight of 0.
        versions: { v2: { pod: { readyAfterMs } } },
        spec: {
          checkout: (usual) => ({
            ...usual,
            router: routers[kind],
            steps: [
              { weight: 25, bake: '5m' },
              { weight: 100, bake: '5m' },
            ],
            analysis: { ...usual.analysis, metrics: usual.analysis.metrics?.slice(0, 1) ?? [], alarms: [] },
            policies: { noData: { hold: '5m' }, sourceDown: { hold: '5m' } },
          }),
        },
        story: async (stage) => {
          ways = await BothWays.open(stage, kind, bench);
          await story(ways);
          await stage.untilState('RolledBack', 1, 'rollback');
        },
        // The route of the mesh was not there before the story.
        expected: { rollouts: [], badAnswers: [0, 0], changedByOthers: ['routes'] },
      },
      { clock: new ScaledClock(), tier: meshTier(bench, description) },
    );
    ways?.expectNothingLeft();
    expect([...outcome.violations, ...outcome.leftBehind, outcome.load.failed]).toEqual([0]);
    return outcome;
  }

  const endsOf = ({ rollouts }: ScenarioOutcome) => rollouts.map(({ record }) => [record.phase, record.rollbackReason]);

  it('brings weights of 0, 25 and 100 to both ways, and by the abort door all back to stable', async () => {
    const story = async (ways: BothWays) => {
      const { stage } = ways;
      stage.push('v2');
      await stage.untilState('AwaitReady');
      await ways.expectOnly('v1');
      await Promise.all([ways.untilCanary('gateway'), ways.untilCanary('mesh')]);
      await ways.expectQuarter();
      await stage.call('Operate', { rollout: 'checkout', action: 'promote', by: 'ada', why: 'on to full weight' });
      await ways.expectOnly('v2');
      await abort(stage);
      await ways.expectOnly('v1');
    };
    const outcome = await play('weights', story, 10_000);
    expect(outcome.rollouts[0]?.weights).toEqual([25, 100, 0]);
    expect(endsOf(outcome)).toEqual([['rolledBack', 'abort']]);
  });

  it.each<readonly [string, Fault, number]>([
    ['is answered 200 and never made', { kind: 'lostWrite' }, 1],
    ['is answered 503 for a while', { kind: 'status', code: 503 }, 4],
    // A request on a kept connection is sent a second time by the client itself.
    ['is made, but its answer is lost', { kind: 'hangUpAfter' }, 2],
  ])('T5: brings both ways to the weight where the second write %s', async (_, fault, times) => {
    const outcome = await play('made up for', async (ways) => {
      const { stage } = ways;
      const befallen = harm(stage, givesInnerItsQuarter, fault, times);
      stage.push('v2');
      await Promise.all([ways.untilCanary('gateway'), ways.untilCanary('mesh')]);
      await ways.expectQuarter();
      expect(befallen.count()).toBeGreaterThan(0);
      await abort(stage);
      await ways.expectOnly('v1');
    });
    expect(endsOf(outcome)).toEqual([['rolledBack', 'abort']]);
  });

  it('T5: writes neither route where the second has a newer fence', async () => {
    const outcome = await play('fenced before', async (ways) => {
      const { stage } = ways;
      overtake(ways, ({ verb, resource }) => verb === 'create' && resource === 'deployments');
      stage.push('v2');
      await stage.untilState('RolledBack', 1, 'rollback');
      await ways.expectOnly('v1');
      expect(ways.seen).toEqual({ gateway: new Set(['v1']), mesh: new Set(['v1']) });
      expect(stage.answers.filter(({ version }) => version !== 'v1')).toEqual([]);
    });
    expect(endsOf(outcome)).toEqual([['rolledBack', 'drift']]);
    expect(outcome.rollouts[0]?.weights).toEqual([]);
    expect(outcome.rollouts[0]?.record.reason).toContain('carries fence 99');
  });

  it('T5: goes back to stable on both ways where the API server refuses the second write, for a fence that is newer than its test', async () => {
    const outcome = await play('fenced between', async (ways) => {
      const { stage } = ways;
      overtake(ways, givesInnerItsQuarter);
      stage.push('v2');
      await stage.untilState('RolledBack', 1, 'rollback');
      await ways.expectOnly('v1');
      expect([...ways.seen.mesh]).toEqual(['v1']);
    });
    expect(endsOf(outcome)).toEqual([['rolledBack', 'drift']]);
    // Of the route that is written first.
    expect(outcome.rollouts[0]?.weights).toEqual([25, 0]);
    expect(outcome.rollouts[0]?.record.reason).toContain('carries fence 99');
  });

  it('T5: by the abort door puts both ways on stable where the second write fails again and again', async () => {
    const outcome = await play('aborted between', async (ways) => {
      const { stage } = ways;
      harm(stage, givesInnerItsQuarter, { kind: 'status', code: 503 }, Number.POSITIVE_INFINITY);
      stage.push('v2');
      await ways.untilCanary('gateway');
      const [gateway, mesh] = await ways.count();
      expect(gateway['v2']).toBeGreaterThan(0);
      expect(mesh).toEqual({ v1: requests });
      await abort(stage);
      await ways.expectOnly('v1');
      expect([...ways.seen.mesh]).toEqual(['v1']);
    });
    expect(endsOf(outcome)).toEqual([['rolledBack', 'abort']]);
  });
});

describe.runIf(isServed)('one rollout of two routes, in the API server of the bench or of a given cluster', () => {
  let cluster: MeshCluster;
  let namespace: FreshNamespace;
  let router: TrafficRouter;
  let target: RouteTarget;
  let sets = 0;
  const read = async () => (await router.read(target)).map(({ split, fence }) => [split.stable, split.canary, fence]);
  /** As another owner would write it. */
  const fenceInner = (fence: number) =>
    cluster.admin.write({
      mergePatch: { ...routeKinds.istio, namespace: namespace.name, name: `${inner}-${sets}` },
      patch: { metadata: { annotations: { [fenceAnnotation('checkout')]: String(fence) } } },
    });

  beforeAll(async () => {
    cluster = await attachCluster();
    namespace = await cluster.freshNamespace('both-ways');
    router = createRouter('istio', cluster.sluice);
  });
  afterAll(async () => {
    await namespace?.remove();
    await cluster?.detach();
  });
  beforeEach(async () => {
    sets += 1;
    const names = [`${outer}-${sets}`, `${inner}-${sets}`];
    const { spec, ...inside } = innerRoutes.istio;
    // No proxy has its gateway: nobody's requests go by it.
    const unserved = { ...(spec as object), gateways: ['nobodys'] };
    await namespace.apply(names.map((name) => ({ ...inside, metadata: { name }, spec: unserved })));
    const routes = names.map((virtualService) => ({ virtualService, http }));
    const [stableService, canaryService] = ['checkout', 'checkout-canary'];
    target = { rollout: 'checkout', namespace: namespace.name, routes, stableService, canaryService, totalWeight: 100 };
    await router.write(target, at(0, 1, 'claim'));
  });

  it('writes 25 and 100 on both, and by a door 0', async () => {
    for (const weight of [25, 100]) {
      await router.write(target, at(weight, 1, 'owner'));
      expect(await read()).toEqual(both(weight, 1));
    }
    await router.write(target, at(0, 2, 'door'));
    expect(await read()).toEqual(both(0, 2));
  });

  it('T5: writes neither where the second has a newer fence', async () => {
    await fenceInner(9);
    await expect(router.write(target, at(25, 1, 'owner'))).rejects.toThrow(FencedError);
    expect(await read()).toEqual([...both(0, 1).slice(1), ...both(0, 9).slice(1)]);
  });

  it('T5: is told where the second got a newer fence between the two writes, and a door puts both on stable', async () => {
    const api = overtaken(cluster.sluice, () => fenceInner(9), { atWrite: 1 });
    await expect(createRouter('istio', api).write(target, at(25, 1, 'owner'))).rejects.toThrow(FencedError);
    expect(api.results).toEqual(['written', 'conflict']);
    await router.write(target, at(0, 10, 'door'));
    expect(await read()).toEqual(both(0, 10));
  });
});
