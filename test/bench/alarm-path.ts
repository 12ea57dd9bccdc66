import type { Reading } from './figure.ts';
import { formatNumber } from './report.ts';
import { quantile } from './statistics.ts';

/** Alarms on LocalStack, in milliseconds from PutEvents; each in turn with its floor. */
export interface AlarmSamples {
  /** To the call of a function that does nothing. */
  readonly floorMs: readonly number[];
  /** To the answer of PutEvents itself. */
  readonly putMs: readonly number[];
  /** Within the door, from the moment at which it knows the rollout until the written route is read back; empty where its log did not say. */
  readonly doorMs: readonly number[];
  readonly writtenMs: readonly number[];
}

export interface AlarmPath {
  readonly cold: AlarmSamples;
  readonly warm: AlarmSamples;
  readonly patchMs: readonly number[];
  /** From the event on the sandbox's bus to the weight written. */
  readonly sandbox: { readonly cold: readonly number[]; readonly warm: readonly number[] };
}

/** A sample is a whole rollout here: of those that were asked for, a third are measured warm, and a tenth cold. */
export function countsOf(samples: number): { readonly cold: number; readonly warm: number } {
  return { cold: Math.ceil(samples / 10), warm: Math.ceil(samples / 3) };
}

/**
 * In which order they are measured: the cold ones spread among the warm ones, because other work on the machine, and a table that grows,
 * are to fall on both alike.
 *
 * @example turnsOf({ cold: 2, warm: 3 }) // ['cold', 'warm', 'warm', 'cold', 'warm']
 */
export function turnsOf({ cold, warm }: { readonly cold: number; readonly warm: number }): ('cold' | 'warm')[] {
  const before = (nth: number) => Math.ceil((warm * nth) / cold);
  return Array.from({ length: cold }, (_, nth) => ['cold' as const, ...Array<'warm'>(before(nth + 1) - before(nth)).fill('warm')]).flat();
}

export function readingsOf({ cold, warm, patchMs, sandbox }: AlarmPath): Reading[] {
  const ms = (what: string, samples: readonly number[], floor?: readonly number[]): Reading => ({
    what,
    unit: 'ms',
    samples,
    ...(floor === undefined ? {} : { floor }),
  });
  return [
    ms('LocalStack, cold: PutEvents -> weight written', cold.writtenMs, cold.floorMs),
    ms('LocalStack, warm: PutEvents -> weight written', warm.writtenMs, warm.floorMs),
    ms('sandbox, cold: event on the bus -> weight written', sandbox.cold),
    ms('sandbox, warm: event on the bus -> weight written', sandbox.warm),
    ms('floor, cold: PutEvents -> a function that does nothing is called', cold.floorMs),
    ms('floor, warm: PutEvents -> a function that does nothing is called', warm.floorMs),
    ...[
      ms("cold: DoorMs of the door's log, the reading back of the route included", cold.doorMs),
      ms("warm: DoorMs of the door's log, the reading back of the route included", warm.doorMs),
    ].filter(({ samples }) => samples.length > 0),
    ms('PutEvents itself, until its answer', [...cold.putMs, ...warm.putMs]),
    ms('one PATCH alone, as the door sends it', patchMs),
  ];
}

/**
 * Whose the time is, cold and warm, by the medians.
 *
 * @example
 * 'warm: of 200 ms, 50 ms (25 %) pass until LocalStack calls a function, and 150 ms are the door and the DynamoDB that LocalStack gives it;
 * one PATCH is 5 ms. DoorMs is 60 ms.'
 */
export function sharesOf(path: AlarmPath): string[] {
  const patch = formatNumber(quantile(path.patchMs, 0.5));
  return (['cold', 'warm'] as const).map((of) => {
    const { writtenMs, floorMs, doorMs } = path[of];
    const [whole, floor] = [quantile(writtenMs, 0.5), quantile(floorMs, 0.5)];
    const share = Math.round((100 * floor) / whole);
    return [
      `${of}: of ${formatNumber(whole)} ms, ${formatNumber(floor)} ms (${share} %) pass until LocalStack calls a function, and`,
      `${formatNumber(whole - floor)} ms are the door and the DynamoDB that LocalStack gives it; one PATCH is ${patch} ms.`,
      ...(doorMs.length === 0 ? [] : [`DoorMs is ${formatNumber(quantile(doorMs, 0.5))} ms.`]),
    ].join(' ');
  });
}
