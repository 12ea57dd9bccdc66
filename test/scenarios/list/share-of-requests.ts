import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { judgedAlike } from '../in-process.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const virtualService = { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace: 'shop', name: 'shop' };

/** A rule before Sluice's, which takes all requests to stable and leaves Sluice's rule as it is. */
function routeAroundCanary(stage: Stage): void {
  const rule = { name: 'maintenance', match: [{ uri: { prefix: '/' } }], route: [{ destination: { host: 'checkout' } }] };
  stage.outside((kubernetes) => kubernetes.patch(virtualService, [{ op: 'add', path: '/spec/http/0', value: rule }]));
}

export const secondRouteTakesTraffic: Scenario = {
  name: 'second-route-takes-traffic',
  title:
    "Somebody's second rule takes the canary's requests; the route still says its weight, the count of requests does not, and the rollout gives way",
  promises: ['T2', 'T8'],
  spec: { checkout: (usual) => ({ ...usual, deadlines: { ...usual.deadlines, drain: '10s' } }) },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilWeight(50);
    routeAroundCanary(stage);
    await stage.untilState('RolledBack', 1, 'rollback');
  },
  expected: {
    // Until weight 50 12 s, until the share is surely a wrong one and stays so 7 s, the drain 10 s.
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'rolledBack', reason: 'error', weights: [10, 50, 0], seconds: [26, 36] }],
    badAnswers: [0, 0],
    changedByOthers: ['routes'],
  },
  check: ({ rollouts: [rollout] }) => {
    const reason = rollout?.record.reason ?? '';
    const drained = rollout?.history.find(({ what }) => what === 'trafficVerified')?.reason ?? '';
    return [
      ...(/^Sample-ratio mismatch\. At weight 50 of 100, the canary got 0 of \d+ requests, 0 %\./.test(reason)
        ? []
        : [`it gave way because: ${reason}`]),
      ...(/^None of \d+ requests reached canary since\.$/.test(drained) ? [] : [`the rollback was verified by requests with: ${drained}`]),
    ];
  },
};

/** Nothing but the alarm judges: it says nothing against a canary that few requests reach. */
const alarmsOnly = (usual: RolloutSpecSource): RolloutSpecSource => ({ ...usual, analysis: { ...usual.analysis, metrics: [] } });

export const hardlyAnyTraffic: Scenario = {
  name: 'hardly-any-traffic',
  title: 'One request a second is too few to compare shares by: no step gets longer for it, and each says that its share is not known',
  promises: ['T8', 'W1'],
  inProcessBecause: judgedAlike,
  requestsPerSecond: 1,
  spec: { checkout: alarmsOnly },
  story: async (stage) => {
    stage.push('v2');
    await stage.untilState('Succeeded');
  },
  expected: {
    rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 50, 100, 0], seconds: [30, 46] }],
    badAnswers: [0, 0],
    stable: { checkout: 'v2' },
  },
  check: ({ rollouts: [rollout] }) => {
    const advanced = rollout?.history.filter(({ what }) => what === 'advanced').map(({ reason }) => reason) ?? [];
    const silent = advanced.filter((reason) => !reason.includes('Whether the canary got its share is not known.'));
    return advanced.length === 2 && silent.length === 0 ? [] : [`the steps went on because: ${advanced.join(' | ')}`];
  },
};
