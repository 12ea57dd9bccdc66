import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../core/preflight/finding.ts';
import { parityFindings } from '../../../../core/preflight/parity.ts';
import {
  authorizationPolicies,
  requestAuthentications,
  serviceTargetFindings,
} from '../../../../core/preflight/policies/istio-policies.ts';
import { linkerdServers } from '../../../../core/preflight/policies/linkerd-servers.ts';
import { peerAuthentications } from '../../../../core/preflight/policies/mutual-tls.ts';
import { networkPolicies, peerFindings, securityGroupPolicies } from '../../../../core/preflight/policies/network-policies.ts';
import { named, ofBoth, ofCanary, ofOthers, ofStable, selector, sides } from '../sides-for-tests.ts';

const metadata = named('callers');
const rules = [{ from: [{ source: { principals: ['cluster.local/ns/web/sa/web'] } }] }];

type Selector = { matchLabels: Record<string, string> } | undefined;

/** One policy of each kind, with a selector; all of them leave the canary out where they select by the side. */
const kinds: [string, (...selectors: Selector[]) => Finding[]][] = [
  [
    'AuthorizationPolicy',
    (...selectors) => {
      const found = selectors.map((pods) => ({ metadata, spec: { selector: pods, action: 'DENY', rules } }));
      return parityFindings(authorizationPolicies(found, sides), sides, selector);
    },
  ],
  [
    'PeerAuthentication',
    (...selectors) => {
      const found = selectors.map((pods) => ({ metadata, spec: { selector: pods, mtls: { mode: 'STRICT' } } }));
      return parityFindings(peerAuthentications(found, [], sides), sides, selector);
    },
  ],
  [
    'RequestAuthentication',
    (...selectors) => {
      const found = selectors.map((pods) => ({ metadata, spec: { selector: pods, jwtRules: [{ issuer: 'me' }] } }));
      return parityFindings(requestAuthentications(found), sides, selector);
    },
  ],
  [
    'NetworkPolicy',
    (...selectors) => {
      const found = selectors.map((podSelector) => ({ metadata, spec: { podSelector, policyTypes: ['Ingress'], ingress: [] } }));
      return parityFindings(networkPolicies(found, sides), sides, selector);
    },
  ],
  [
    'SecurityGroupPolicy',
    (...selectors) => {
      const found = selectors.map((podSelector) => ({ metadata, spec: { podSelector, securityGroups: { groupIds: ['sg-1'] } } }));
      return parityFindings(securityGroupPolicies(found), sides, selector);
    },
  ],
  [
    'Server',
    (...selectors) => {
      const found = selectors.map((podSelector) => ({ metadata, spec: { podSelector, port: 'http' } }));
      return parityFindings(linkerdServers(found), sides, selector);
    },
  ],
];

describe.each(kinds)('%s', (kind, inspect) => {
  it('that covers stable alone is refused, and the remedy shows what both sides bear', () => {
    const [found, ...more] = inspect(ofStable);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ severity: 'refusal', subject: `${kind} shop/callers` });
    expect(found?.message).toMatch(/^It covers stable's pods and not the canary's, and without it the canary .+\.$/);
    expect(found?.remedy).toMatch(/^Select by .*:\nspec:\n {2}(selector|podSelector):\n {4}matchLabels:\n {6}app: checkout$/);
  });

  it.each([
    ['covers both', [ofBoth]],
    ['covers neither', [ofOthers]],
    ['has a twin for the canary that says the same', [ofStable, ofCanary]],
    ['has no selector', [undefined]],
  ])('that %s is fine', (_what, selectors) => {
    expect(inspect(...selectors)).toEqual([]);
  });

  it('that covers the canary alone is warned about', () => {
    expect(inspect(ofCanary)).toMatchObject([{ severity: 'warning', message: expect.stringContaining("covers the canary's pods") }]);
  });
});

describe('what the canary is without an AuthorizationPolicy', () => {
  const policy = (action: string | undefined, pods: Selector) => ({
    metadata,
    spec: { selector: pods, rules, ...(action === undefined ? {} : { action }) },
  });
  const inspect = (...policies: ReturnType<typeof policy>[]) => parityFindings(authorizationPolicies(policies, sides), sides, selector);

  it.each([
    ['that denies', [policy('DENY', ofStable)], 'refusal', 'serves callers that stable refuses'],
    ['that asks another', [policy('CUSTOM', ofStable)], 'refusal', 'serves callers that stable refuses'],
    ['that allows, and is the only one', [policy('ALLOW', ofStable)], 'refusal', 'serves callers that stable refuses'],
    [
      'that allows, where another allows less',
      [policy('ALLOW', ofStable), policy('ALLOW', undefined)],
      'refusal',
      'refuses callers that stable serves',
    ],
    [
      'that allows without saying so',
      [policy(undefined, ofStable), policy('ALLOW', ofBoth)],
      'refusal',
      'refuses callers that stable serves',
    ],
    ['that only notes down', [policy('AUDIT', ofStable)], 'warning', 'is not audited'],
  ])('%s', (_what, policies, severity, without) => {
    expect(inspect(...policies)).toMatchObject([{ severity, message: expect.stringContaining(`the canary ${without}.`) }]);
  });

  it('is not made up for by one that says something else', () => {
    const other = { metadata, spec: { selector: ofCanary, action: 'DENY', rules: [] } };
    expect(inspect(policy('DENY', ofStable), other).map(({ severity }) => severity)).toEqual(['refusal', 'warning']);
  });
});

describe('a policy on a Service', () => {
  const attached = (...targetRefs: { kind: string; name: string }[]) => ({ metadata, spec: { targetRefs, action: 'DENY' } });

  it('of stable is warned about: what is sent to the canary’s own is not covered', () => {
    const [found] = serviceTargetFindings('AuthorizationPolicy', [attached({ kind: 'Service', name: 'checkout' })], sides);
    expect(found).toMatchObject({ severity: 'warning', subject: 'AuthorizationPolicy shop/callers' });
    expect(found?.remedy).toContain('name: checkout-canary');
  });

  it.each([
    ['both', attached({ kind: 'Service', name: 'checkout' }, { kind: 'Service', name: 'checkout-canary' })],
    ['the waypoint', attached({ kind: 'Gateway', name: 'waypoint' })],
    ['another service', attached({ kind: 'Service', name: 'search' })],
    ['pods', { metadata, spec: { selector: ofStable } }],
  ])('is fine on %s', (_what, policy) => {
    expect(serviceTargetFindings('AuthorizationPolicy', [policy], sides)).toEqual([]);
  });

  it('is not taken for one on pods', () => {
    expect(authorizationPolicies([attached({ kind: 'Service', name: 'checkout' })], sides)).toEqual([]);
  });
});

describe('what a NetworkPolicy isolates', () => {
  const policy = (podSelector: Selector, rest: object = {}) => ({ metadata, spec: { podSelector, ...rest } });
  const inspect = (...policies: ReturnType<typeof policy>[]) => parityFindings(networkPolicies(policies, sides), sides, selector);

  it.each([
    ['open, where no other does', [policy(ofStable)], 'may have connections that are kept from stable'],
    ['cut off, where another does', [policy(ofStable), policy(ofBoth)], 'is cut off from connections that stable may have'],
    [
      'open, where another does in the other direction',
      [policy(ofStable), policy(ofBoth, { policyTypes: ['Egress'] })],
      'kept from stable',
    ],
    [
      'cut off, where rules for egress imply the direction',
      [policy(ofStable, { policyTypes: ['Egress'] }), policy(ofBoth, { egress: [{}] })],
      'is cut off',
    ],
  ])('leaves the canary %s', (_what, policies, without) => {
    expect(inspect(...policies)).toMatchObject([{ severity: 'refusal', message: expect.stringContaining(without) }]);
  });

  it('that lets stable through to others by its side is warned about', () => {
    const database = policy(ofOthers, { ingress: [{ from: [{ podSelector: ofStable }] }] });
    expect(peerFindings([database], sides, selector)).toMatchObject([
      { severity: 'warning', remedy: expect.stringContaining('podSelector:\n  matchLabels:\n    app: checkout') },
    ]);
  });

  it.each([
    ['both', [{ podSelector: ofBoth }]],
    ['each side by name', [{ podSelector: ofStable }, { podSelector: ofCanary }]],
    ['addresses', [{ ipBlock: { cidr: '10.0.0.0/8' } }]],
  ])('that lets through %s is fine', (_what, to) => {
    expect(peerFindings([policy(ofOthers, { egress: [{ to }] })], sides, selector)).toEqual([]);
  });
});

it('a Server for workloads outside of the cluster is not about pods', () => {
  expect(linkerdServers([{ metadata, spec: { externalWorkloadSelector: ofStable, port: 80 } }])).toEqual([]);
});

it('pods that bear no label but their side are to be given one', () => {
  const bare = { ...sides, stable: { 'sluice.dev/side': 'stable' }, canary: { 'sluice.dev/side': 'canary' } };
  const strict = peerAuthentications([{ metadata, spec: { selector: { matchLabels: bare.stable }, mtls: { mode: 'STRICT' } } }], [], bare);
  expect(parityFindings(strict, bare, {})[0]?.remedy).toBe(
    'Give the pods of both sides a label besides sluice.dev/side, and select by that one.',
  );
});
