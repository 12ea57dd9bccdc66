/** When the looks of a watch are due, and what is known of when samples come in. */
export interface LookTimes {
  /** When the look that comes, or is under way, is to begin. */
  readonly dueMs: number;
  /**
   * - `seeking`: it is not known when samples come in; an interval lies between the end of one look and the next.
   * - `following`: each look is due shortly after a scrape.
   * - `returning`: that did not help; with the next look that passes it is over.
   * - `givenUp`: as `seeking`, but nobody asks any more.
   */
  readonly state: 'seeking' | 'following' | 'returning' | 'givenUp';
  /** So many looks do not ask for the time of the newest sample; 0: the next one does. */
  readonly asksIn: number;
  /** How often it was asked for in vain. */
  readonly asked: number;
  /** How often in a row the newest sample was older than it was to be. */
  readonly misses: number;
  /** How much earlier looks are than they would have been. */
  readonly forwardMs: number;
}

/** What one look came to. */
export interface LookTaken {
  readonly endedAtMs: number;
  readonly passed: boolean;
  /** Undefined where it was not asked for, or nobody knows. */
  readonly newestSampleAtMs: number | undefined;
  /** How long to wait at most: the interval, or less where something ends before. */
  readonly waitMs: number;
}

/** Who follows the scrapes asks in one of so many looks whether it still does. */
const asksEvery = 10;

export function firstLook(nowMs: number): LookTimes {
  return { dueMs: nowMs, state: 'seeking', asksIn: 0, asked: 0, misses: 0, forwardMs: 0 };
}

export function asksForNewestSample({ state, asksIn }: LookTimes): boolean {
  return (state === 'seeking' || state === 'following') && asksIn === 0;
}

/** How long after the time that a sample bears it is looked at: to scrape it and to keep it takes a while. */
export function marginMs(intervalMs: number): number {
  return Math.min(intervalMs / 20, 500);
}

/**
 * When to look next, so that looks come shortly after scrapes instead of at any moment between two. What a canary does wrong is then seen half
 * an interval earlier on average. Where the interval is a multiple of the scrapes', the newest sample's time tells when others come in.
 *
 * No look is later than the interval, and a watch has at most one look more than the interval asks for. That one is needed where samples turn out
 * to come in later than the times that they bear, as forwarded ones do: whoever looked one whole interval earlier in all is back where it began.
 * Only a look that passed brings the next one forward, so that two failures in a row always are an interval apart. A look that takes longer than
 * its interval leaves out those that were due meanwhile.
 *
 * @example With an interval of 1000 ms, a look due at 5000 ms finds a sample of 4300 ms: the next ones are due at 5350 ms, 6350 ms, ...
 */
export function nextLook(times: LookTimes, look: LookTaken, intervalMs: number): LookTimes {
  const learned = learn(times, look.newestSampleAtMs, intervalMs);
  const forwardMs = look.passed ? wishedForwardMs(learned, times.dueMs, look.newestSampleAtMs, intervalMs) : 0;
  const broughtForwardMs = times.dueMs + intervalMs - forwardMs;
  const latestMs = look.endedAtMs + look.waitMs;
  if (forwardMs > 0 && broughtForwardMs >= look.endedAtMs) {
    const state = learned.state === 'returning' ? 'givenUp' : 'following';
    return { ...learned, state, asksIn: 0, dueMs: Math.min(broughtForwardMs, latestMs), forwardMs: times.forwardMs + forwardMs };
  }
  const leftOut = Math.max(0, Math.ceil((look.endedAtMs - times.dueMs) / intervalMs) - 1);
  const inStepMs = times.dueMs + (1 + leftOut) * intervalMs;
  const keepsStep = learned.state === 'following' || learned.state === 'returning';
  return { ...learned, dueMs: keepsStep ? Math.min(inStepMs, latestMs) : latestMs };
}

/** What the time of the newest sample tells, where a look has asked for it. Who seeks in vain asks less and less often. */
function learn(times: LookTimes, newestSampleAtMs: number | undefined, intervalMs: number): LookTimes {
  if (!asksForNewestSample(times)) return { ...times, asksIn: Math.max(0, times.asksIn - 1) };
  const ageMs = newestSampleAtMs === undefined ? undefined : times.dueMs - newestSampleAtMs;
  // Below 0 it came in while the look was on its way: whether the next look is too early for the next one, that one tells.
  const tells = ageMs !== undefined && ageMs >= 0;
  if (tells && ageMs <= 2 * marginMs(intervalMs)) return { ...times, state: 'following', asksIn: asksEvery - 1, misses: 0 };
  if (times.state === 'seeking') return { ...times, asksIn: Math.min(2 ** times.asked, asksEvery) - 1, asked: times.asked + 1 };
  if (!tells) return { ...times, asksIn: asksEvery - 1 };
  if (times.misses === 0) return { ...times, asksIn: 0, misses: 1 };
  return { ...times, state: times.forwardMs === 0 ? 'givenUp' : 'returning' };
}

/** How much earlier than an interval from now the next look is to be. */
function wishedForwardMs({ state, forwardMs }: LookTimes, dueMs: number, newestSampleAtMs: number | undefined, intervalMs: number): number {
  if (state === 'returning') return intervalMs - forwardMs;
  if (state !== 'seeking' || newestSampleAtMs === undefined) return 0;
  const ageMs = dueMs - newestSampleAtMs;
  const margin = marginMs(intervalMs);
  return ageMs < 0 || ageMs > intervalMs + margin ? 0 : Math.min(ageMs, intervalMs) - margin;
}
