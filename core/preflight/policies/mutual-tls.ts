import * as z from 'zod/mini';
import type { Finding } from '../finding.ts';
import { type Labels, selects } from '../label-selector.ts';
import type { Policy } from '../parity.ts';
import type { Sides } from '../sides.ts';
import { metadata, subjectOf } from './policy-metadata.ts';
import { istioSelector } from './workload-selector.ts';

const mutualTls = z.nullish(z.looseObject({ mode: z.nullish(z.string()) }));

export const peerAuthentication = z.looseObject({
  metadata,
  spec: z.nullish(z.looseObject({ selector: istioSelector, mtls: mutualTls, portLevelMtls: z.nullish(z.record(z.string(), mutualTls)) })),
});
export type PeerAuthentication = z.infer<typeof peerAuthentication>;

/** The modes that hold for a pod: on each port that has one of its own, and on all others. */
interface Modes {
  readonly others: string;
  readonly ports: Readonly<Record<string, string>>;
}

/** Where nothing sets one, and all that could was read. */
const usual = 'PERMISSIVE';
/** Where the policy of the whole mesh could not be read, and it is what would decide. */
const unknown = 'the one of the mesh, which could not be read';

/**
 * Whether plain text is taken. STRICT stays STRICT: a policy on stable alone is of no account where the canary comes by the same modes otherwise,
 * by the policy of the namespace or of the whole mesh.
 *
 * @param ofMesh Those of the mesh's root namespace, or undefined where they could not be read.
 * @example the mesh is STRICT, and stable alone PERMISSIVE: the canary refuses plain text, which stable takes
 */
export function peerAuthentications(
  found: readonly PeerAuthentication[],
  ofMesh: readonly PeerAuthentication[] | undefined,
  sides: Pick<Sides, 'stable' | 'canary'>,
): Policy[] {
  const stable = modesOf(found, ofMesh, sides.stable);
  const canary = modesOf(found, ofMesh, sides.canary);
  const pairs = pairsOf(stable, canary).filter(([one, other]) => one !== other);
  if (pairs.length === 0) return [];
  const consequence = whatDiffers(pairs);
  return found.map(({ metadata, spec }) => {
    const { selector: _selector, ...says } = spec ?? {};
    return {
      subject: subjectOf('PeerAuthentication', metadata),
      covers: (pods) => coversPods(spec, pods),
      says,
      selectorPath: ['spec', 'selector'],
      ...consequence,
    };
  });
}

type Pair = readonly [stable: string, canary: string];

function whatDiffers(pairs: readonly Pair[]): { readonly severity: Finding['severity']; readonly without: string } {
  if (pairs.some(([stable]) => stable === 'STRICT')) return { severity: 'refusal', without: 'takes plain text, which stable refuses' };
  if (pairs.some(([, canary]) => canary === 'STRICT')) return { severity: 'warning', without: 'refuses plain text, which stable takes' };
  return { severity: 'warning', without: `has another mode of mutual TLS than ${pairs[0]?.[0]}` };
}

/** Port by port, and last on all others. */
function pairsOf(stable: Modes, canary: Modes): Pair[] {
  const ports = new Set([...Object.keys(stable.ports), ...Object.keys(canary.ports)]);
  const onPorts = [...ports].map((port): Pair => [stable.ports[port] ?? stable.others, canary.ports[port] ?? canary.others]);
  return [...onPorts, [stable.others, canary.others]];
}

/**
 * Workload before namespace before mesh; of several at one level the oldest. UNSET takes the mode of the level above. A selector in the root
 * namespace is about that namespace's own pods, and ports have modes of their own only beside a selector.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
function modesOf(found: readonly PeerAuthentication[], ofMesh: readonly PeerAuthentication[] | undefined, pods: Labels): Modes {
  const wide = (all: readonly PeerAuthentication[]) => oldest(all.filter(({ spec }) => !hasSelector(spec)));
  const workload = oldest(found.filter(({ spec }) => hasSelector(spec) && coversPods(spec, pods)));
  const above = ofMesh === undefined ? unknown : (setMode(wide(ofMesh)?.spec?.mtls) ?? usual);
  const others = setMode(workload?.spec?.mtls) ?? setMode(wide(found)?.spec?.mtls) ?? above;
  const ports = Object.entries(workload?.spec?.portLevelMtls ?? {}).map(([port, mtls]) => [port, setMode(mtls) ?? others]);
  return { others, ports: Object.fromEntries(ports) };
}

function setMode(mtls: z.infer<typeof mutualTls>): string | undefined {
  const mode = mtls?.mode ?? 'UNSET';
  return mode === 'UNSET' ? undefined : mode;
}

function oldest(found: readonly PeerAuthentication[]): PeerAuthentication | undefined {
  const age = ({ metadata: { creationTimestamp } }: PeerAuthentication) => creationTimestamp ?? '';
  return found.toSorted((a, b) => (age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : 0))[0];
}

function hasSelector(spec: PeerAuthentication['spec']): boolean {
  return Object.keys(spec?.selector?.matchLabels ?? {}).length > 0;
}

function coversPods(spec: PeerAuthentication['spec'], pods: Labels): boolean {
  return selects({ matchLabels: spec?.selector?.matchLabels ?? {} }, pods);
}
