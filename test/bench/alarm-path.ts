import type { Reading } from './figure.ts';
import { formatNumber } from './report.ts';
import { quantile } from './statistics.ts';

/** Alarms on LocalStack, in milliseconds from PutEvents; each in turn with its floor. */
export interface AlarmSamples {
  /** To the call of a function that does nothing. */
  readonly floorMs: readonly number[];
  /** To the answer of PutEvents itself. */
  readonly putMs: readonly number[];
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
    ms('PutEvents itself, until its answer', [...cold.putMs, ...warm.putMs]),
    ms('one PATCH alone, as the door sends it', patchMs),
  ];
}

/**
 * Whose the time is, cold and warm.
 *
 * @example 'warm: of 300 ms, 100 ms (33 %) pass before any function is called, which is LocalStack; 200 ms are the door's, …'
 */
export function sharesOf(path: AlarmPath): string[] {
  const patchMs = quantile(path.patchMs, 0.5);
  return (['cold', 'warm'] as const).map((of) => {
    const [wholeMs, floorMs] = [quantile(path[of].writtenMs, 0.5), quantile(path[of].floorMs, 0.5)];
    const share = Math.round((100 * floorMs) / wholeMs);
    return (
      `${of}: of ${formatNumber(wholeMs)} ms, ${formatNumber(floorMs)} ms (${share} %) pass before any function is called, which is LocalStack's; ` +
      `${formatNumber(wholeMs - floorMs)} ms are the door's, one PATCH (${formatNumber(patchMs)} ms) and the calls of LocalStack's DynamoDB among them.`
    );
  });
}
