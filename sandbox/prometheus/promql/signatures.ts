import type { ValueType } from './value.ts';

export interface Signature {
  readonly args: readonly ValueType[];
  /** How many of the last ones may be left out. */
  readonly optional: number;
  readonly returns: ValueType;
}

function takes(args: readonly ValueType[], returns: ValueType = 'vector', optional = 0): Signature {
  return { args, optional, returns };
}

const ofVector = takes(['vector']);
const ofRange = takes(['matrix']);

/** The functions that the sandbox evaluates, typed as Prometheus types them. */
export const signatures: ReadonlyMap<string, Signature> = new Map(
  Object.entries({
    rate: ofRange,
    increase: ofRange,
    irate: ofRange,
    delta: ofRange,
    idelta: ofRange,
    avg_over_time: ofRange,
    min_over_time: ofRange,
    max_over_time: ofRange,
    sum_over_time: ofRange,
    count_over_time: ofRange,
    last_over_time: ofRange,
    histogram_quantile: takes(['scalar', 'vector']),
    vector: takes(['scalar']),
    scalar: takes(['vector'], 'scalar'),
    absent: ofVector,
    clamp: takes(['vector', 'scalar', 'scalar']),
    clamp_min: takes(['vector', 'scalar']),
    clamp_max: takes(['vector', 'scalar']),
    round: takes(['vector', 'scalar'], 'vector', 1),
    abs: ofVector,
    ceil: ofVector,
    floor: ofVector,
    sort: ofVector,
    sort_desc: ofVector,
    time: takes([], 'scalar'),
    timestamp: ofVector,
    label_replace: takes(['vector', 'string', 'string', 'string', 'string']),
  }),
);
