import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../../core/errors.ts';
import type { RouteTarget } from '../../../core/ports.ts';
import type { TrafficShape } from '../../../core/traffic/shape.ts';
import type { RuleMemory } from './rule-memory.ts';
import { onlyTo, sidesOf } from './sides.ts';
import { type Fields, mirrorEntry, type Rule } from './virtual-service.ts';

/** Fields of a rule that a shape sets, and what is to be remembered of them. Undefined is a field that is not to be there. */
export interface ShapeFields {
  readonly values: Fields;
  readonly fields: RuleMemory['fields'];
}

/** Retries and the time-out. Unlike mirrors, these have one value, and somebody else's edit of it stays. */
export function resilienceFields(rule: Pick<Rule, 'whole'>, memory: RuleMemory, { resilience }: TrafficShape): ShapeFields {
  const { retries, timeoutSeconds } = resilience ?? {};
  const wanted = {
    retries: retries === undefined ? undefined : retriesOf(retries),
    timeout: timeoutSeconds === undefined ? undefined : `${timeoutSeconds}s`,
  };
  const values: Record<string, unknown> = {};
  const fields: Record<string, RuleMemory['fields'][string]> = {};
  for (const [field, value] of Object.entries(wanted)) {
    const now = rule.whole[field];
    const remembered = memory.fields[field];
    const { was, wrote } = remembered ?? { was: now, wrote: now };
    const untouched = isDeepStrictEqual(now, wrote) || isDeepStrictEqual(now, was);
    values[field] = untouched ? (value ?? was) : now;
    if (value === undefined) continue;
    if (!untouched && remembered !== undefined) fields[field] = remembered;
    else if (!isDeepStrictEqual(value, was)) fields[field] = { ...(was === undefined ? {} : { was }), wrote: value };
  }
  return { values, fields };
}

type Retries = NonNullable<NonNullable<TrafficShape['resilience']>['retries']>;

/** Istio refuses conditions and time-outs of retries that are switched off. */
function retriesOf({ attempts, on, perTryTimeoutSeconds }: Retries): Fields {
  if (attempts === 0) return { attempts };
  return { attempts, ...(perTryTimeoutSeconds === undefined ? {} : { perTryTimeout: `${perTryTimeoutSeconds}s` }), retryOn: on.join(',') };
}

/**
 * The mirrors of a rule: those of others, and the rollout's behind them where one is asked for.
 *
 * @throws RouteRejectedError where the rule has the older field for a single mirror, beside which Istio allows no list.
 */
export function mirrorFields(
  rule: Pick<Rule, 'label' | 'whole' | 'route'>,
  memory: RuleMemory,
  target: RouteTarget,
  shape: TrafficShape,
): ShapeFields {
  const { mirrorWeight = 0 } = shape;
  const was = mirrorsBefore(rule.whole['mirrors'], memory, target);
  if (mirrorWeight === 0) return { values: { mirrors: was }, fields: {} };
  if (rule.whole['mirror'] !== undefined) {
    throw new RouteRejectedError(`The ${rule.label} has a mirror of its own, beside which Istio allows no other.`, {
      remedy: 'Write it as the only entry of `mirrors`, which may have several.',
    });
  }
  const percentage = { value: (mirrorWeight * 100) / target.totalWeight };
  const wrote = [...(was ?? []), { destination: onlyTo('canary', rule, target)['destination'], percentage }];
  return { values: { mirrors: wrote }, fields: { mirrors: { ...(was === undefined ? {} : { was }), wrote } } };
}

function mirrorsBefore(now: unknown, memory: RuleMemory, target: RouteTarget): readonly unknown[] | undefined {
  const { was, wrote } = memory.fields['mirrors'] ?? {};
  const before = Array.isArray(was) ? was : undefined;
  if (!Array.isArray(now) || isDeepStrictEqual(now, wrote)) return Array.isArray(now) ? before : undefined;
  const { isCanary } = sidesOf(target);
  const others = now.filter((mirror) => {
    const { success, data } = mirrorEntry.safeParse(mirror);
    return !success || !isCanary(data);
  });
  return others.length === 0 && now.length > 0 ? before : others;
}
