import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { JsonPatchOperation, KubernetesObject, RouteTarget, SplitWrite } from '../../../core/ports.ts';
import type { TrafficShape } from '../../../core/traffic/shape.ts';
import { type Side, wholeSide } from '../../../core/traffic/split.ts';
import { fenceOperations } from '../fence.ts';
import { forgetOperations, rememberedRules, rememberOperations } from '../memory.ts';
import type { RoutePatch } from '../route-dialect.ts';
import { routePatch } from '../route-patch.ts';
import { specTests } from '../rule-tests.ts';
import { unlessRejected } from '../unless-rejected.ts';
import { applySplit, evacuate, inexpressible, withoutCanary } from './apply-split.ts';
import { findPair, isSubset, nameOf, type Pair, type ServiceSplit, serviceSplits, splitsOf, subsetsOf } from './splitter.ts';
import { notSynced } from './synced.ts';

/** The name under which the splits are remembered: a splitter has no rules that would need telling apart. */
const memoryKey = 'splits';

/**
 * The patch that brings a ServiceSplitter to a split: tests of the fence and of all splits with their old weights, then the new splits. A split
 * has no name, and all of them must add up to 100, so that none can be written by itself.
 *
 * A door does what it can where somebody has made the splitter unsteerable during the rollout: the tombstone, and the canary's traffic to
 * stable. Reading back then tells what is wrong.
 *
 * @throws FencedError, and for other roles than a door RouteRejectedError.
 */
export function splitPatch(splitter: KubernetesObject, target: RouteTarget, write: SplitWrite): RoutePatch {
  const fence = fenceOperations(splitter, { ...write, rollout: target.rollout });
  const pair = write.role === 'door' ? unlessRejected(() => findPair(splitter, target)) : findPair(splitter, target);
  if (write.role !== 'door') assertPlain(splitter, target, write.shape);
  if (write.role === 'claim') assertClaimable(splitter, target);
  const remember = write.role === 'claim' ? rememberOperations(splitter, target, { [memoryKey]: pair?.splits }) : [];
  const splits = pair === undefined ? evacuated(splitter, target, write) : splitsAt(splitter, pair, target, write);
  const changes = replaceSplits(splitter, splits);
  return routePatch(fence, remember, changes);
}

/** The patch that takes the canary out of the splits, and Sluice's memory of them with it. */
export function removeCanaryPatch(splitter: KubernetesObject, target: RouteTarget, fence: number): RoutePatch {
  // As a door: what somebody did to our fence keeps the canary out of no route, and a newer fence is refused all the same.
  const fenceMoves = fenceOperations(splitter, { rollout: target.rollout, fence, role: 'door' });
  const before = canaryBefore(splitter, target);
  const changes = replaceSplits(splitter, withoutCanary(findPair(splitter, target), before));
  const forget = forgetOperations(splitter, target);
  return routePatch(fenceMoves, changes, forget);
}

/**
 * Refuses what a rollout cannot begin with. A splitter that it has claimed already is not asked any more: a rollback moves the traffic whatever
 * Consul says of it.
 *
 * @throws RouteRejectedError
 */
export function assertClaimable(splitter: KubernetesObject, target: RouteTarget): void {
  if (rememberedRules(splitter, target) !== undefined) return;
  const why = notSynced(splitter);
  if (why === undefined) return;
  throw new RouteRejectedError(`Consul does not go by ${nameOf(splitter, target)}: ${why}.`, {
    remedy: `See \`kubectl -n ${target.namespace} describe servicesplitter ${splitter.metadata.name}\`; its condition Synced has to be True.`,
  });
}

function splitsAt(splitter: KubernetesObject, pair: Pair, target: RouteTarget, { split, role }: SplitWrite): readonly ServiceSplit[] {
  const splits = applySplit(pair, target, split);
  if (splits !== undefined) return splits;
  // A door gets as far as the API lets it: what Consul would refuse to add up, it has refused before.
  if (role !== 'door') throw inexpressible(nameOf(splitter, target), pair, target, split);
  return evacuated(splitter, target, { split });
}

function evacuated(splitter: KubernetesObject, target: RouteTarget, { split }: Pick<SplitWrite, 'split'>): readonly ServiceSplit[] {
  const splits = splitsOf(splitter);
  const { subsets } = target;
  // A door that does not know which splits are whose leaves them as they are, and writes its tombstone.
  if (subsets === undefined) return splits;
  const isOn = (side: Side) => (entry: ServiceSplit) => isSubset(entry, splitter, subsets[side]);
  const safe = wholeSide(split) ?? 'stable';
  return evacuate(splits, isOn, safe, subsets[safe]) ?? splits;
}

/** Lint refuses these with a place in the spec; this is for a spec that was stored before it did. */
function assertPlain(splitter: KubernetesObject, target: RouteTarget, shape: TrafficShape | undefined): void {
  const asked = Object.entries(shape ?? {}).flatMap(([what, value]) => (value === undefined ? [] : [what]));
  if (asked.length === 0) return;
  throw new RouteRejectedError(`${nameOf(splitter, target)} splits by weight alone, and the rollout asks for ${asked.join(' and ')}.`, {
    remedy: 'Take that out of the spec: `sluice lint` says what Consul cannot do.',
  });
}

function replaceSplits(splitter: KubernetesObject, splits: readonly ServiceSplit[]): JsonPatchOperation[] {
  const now = splitsOf(splitter);
  if (isDeepStrictEqual(splits, now)) return [];
  // The API server compares text with these letters byte by byte with what Go's encoder makes of it: see ruleTests.
  const tests: JsonPatchOperation[] = /[<>&\u2028\u2029]/.test(JSON.stringify(now))
    ? specTests(splitter)
    : [{ op: 'test', path: '/spec/splits', value: now }];
  return [...tests, { op: 'replace', path: '/spec/splits', value: splits }];
}

function canaryBefore(splitter: KubernetesObject, target: RouteTarget): ServiceSplit | undefined {
  const parsed = serviceSplits.safeParse(rememberedRules(splitter, target)?.[memoryKey]);
  return parsed.success ? parsed.data.find((split) => isSubset(split, splitter, subsetsOf(target).canary)) : undefined;
}
