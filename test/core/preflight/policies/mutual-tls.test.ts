import { describe, expect, it } from 'vitest';
import { parityFindings } from '../../../../core/preflight/parity.ts';
import { type PeerAuthentication, peerAuthentications } from '../../../../core/preflight/policies/mutual-tls.ts';
import { ofBoth, ofCanary, ofOthers, ofStable, selector, sides } from '../sides-for-tests.ts';

type Selector = typeof ofBoth | undefined;
type Rest = Readonly<Record<string, unknown>> & { readonly createdAt?: string };

const policy =
  (namespace: string) =>
  (mode: string | undefined, pods?: Selector, { createdAt = '2026-01-01T00:00:00Z', ...rest }: Rest = {}): PeerAuthentication => ({
    metadata: { name: 'mtls', namespace, creationTimestamp: createdAt },
    spec: { selector: pods, ...(mode === undefined ? {} : { mtls: { mode } }), ...rest },
  });
const shop = policy('shop');
const root = policy('istio-system');

const inspect = (found: PeerAuthentication[], ofMesh: PeerAuthentication[] | undefined = []) =>
  parityFindings(peerAuthentications(found, ofMesh, sides), sides, selector);
const portsOf = (modes: Readonly<Record<string, string>>) => ({
  portLevelMtls: Object.fromEntries(Object.entries(modes).map(([port, mode]) => [port, { mode }])),
});

describe('a PeerAuthentication on stable alone', () => {
  it.each([
    ['STRICT in a mesh that says nothing', [shop('STRICT', ofStable)], [], 'refusal', 'takes plain text, which stable refuses'],
    [
      'STRICT in a namespace that is PERMISSIVE',
      [shop('STRICT', ofStable), shop('PERMISSIVE')],
      [root('STRICT')],
      'refusal',
      'takes plain text, which stable refuses',
    ],
    [
      'PERMISSIVE in a mesh that is STRICT',
      [shop('PERMISSIVE', ofStable)],
      [root('STRICT')],
      'warning',
      'refuses plain text, which stable takes',
    ],
    [
      'PERMISSIVE in a namespace that is STRICT',
      [shop('PERMISSIVE', ofStable), shop('STRICT')],
      [],
      'warning',
      'refuses plain text, which stable takes',
    ],
    ['DISABLE in a mesh that says nothing', [shop('DISABLE', ofStable)], [], 'warning', 'has another mode of mutual TLS than DISABLE'],
    ['STRICT on one port', [shop(undefined, ofStable, portsOf({ 8080: 'STRICT' }))], [], 'refusal', 'takes plain text'],
    [
      'PERMISSIVE on one port, in a mesh that is STRICT',
      [shop(undefined, ofStable, portsOf({ 8080: 'PERMISSIVE' }))],
      [root('STRICT')],
      'warning',
      'refuses plain text',
    ],
  ])('that is %s is found', (_what, found, ofMesh, severity, without) => {
    expect(inspect(found, ofMesh)).toMatchObject([
      { severity, subject: 'PeerAuthentication shop/mtls', message: expect.stringContaining(`without it the canary ${without}`) },
    ]);
  });

  it.each([
    ['STRICT, as the whole mesh is', [shop('STRICT', ofStable)], [root('STRICT')]],
    ['STRICT, as the namespace is', [shop('STRICT', ofStable), shop('STRICT')], []],
    ['PERMISSIVE, as a mesh is that says nothing', [shop('PERMISSIVE', ofStable)], []],
    ['UNSET, which takes the mode of the namespace', [shop('UNSET', ofStable), shop('STRICT')], [root('PERMISSIVE')]],
    ['UNSET, where the namespace leaves it to the mesh', [shop('UNSET', ofStable), shop('UNSET')], [root('STRICT')]],
    ['without a mode', [shop(undefined, ofStable)], [root('STRICT')]],
    ['younger than one on both', [shop('STRICT', ofStable, { createdAt: '2026-03-01T00:00:00Z' }), shop('PERMISSIVE', ofBoth)], []],
    [
      'made up for on the canary by another one',
      [shop('STRICT', ofStable), shop('STRICT', ofCanary, { portLevelMtls: { 8080: { mode: 'UNSET' } } })],
      [],
    ],
  ])('that is %s is of no account', (_what, found, ofMesh) => {
    expect(inspect(found, ofMesh)).toEqual([]);
  });
});

describe('the policy of the whole mesh', () => {
  it.each([
    ['is about both sides', [root('STRICT')]],
    ['with a selector is about the root namespace’s own pods', [root('STRICT', ofStable)]],
    ['is the oldest of several', [root('PERMISSIVE'), root('STRICT', undefined, { createdAt: '2026-03-01T00:00:00Z' })]],
  ])('%s, and tells them not apart', (_what, ofMesh) => {
    expect(inspect([shop(undefined, ofStable)], ofMesh)).toEqual([]);
  });

  it('that could not be read may be the reason for an exception: it is warned about, and STRICT stays a refusal', () => {
    expect(peerAuthentications([shop('PERMISSIVE', ofStable)], undefined, sides)).toMatchObject([{ severity: 'warning' }]);
    expect(peerAuthentications([shop('STRICT', ofStable)], undefined, sides)).toMatchObject([{ severity: 'refusal' }]);
    expect(peerAuthentications([shop('STRICT')], undefined, sides)).toEqual([]);
    expect(peerAuthentications([shop('STRICT', ofOthers)], undefined, sides)).toEqual([]);
  });
});
