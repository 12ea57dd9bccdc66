import { backoffMs, patientWaitMs } from '../../../adapters/aws/retry.ts';
import type { Account } from './account.ts';
import type { Invocation, RecordedCall, RecordedEntry } from './call.ts';
import type { EventQueue } from './event-queue.ts';
import { cloudWatchAttempts, sdkAttempts, sdkBackoffMs, storeAttempts } from './retries.ts';

/** An entry with what it waited for: it began so long after the end of that one. */
interface Linked {
  readonly index: number;
  readonly entry: RecordedEntry;
  /** -1: the invocation's start. */
  readonly behind: number;
  readonly gapMs: number;
}

interface Links {
  readonly all: readonly Linked[];
  /** By what they are behind. */
  readonly following: ReadonlyMap<number, readonly Linked[]>;
  readonly lastEndMs: number;
}

const linksOf = new WeakMap<Invocation, Links>();

/**
 * What an entry was behind: the one that ended last before it began. So what ran side by side is replayed side by side, and what waited for an
 * answer waits for it, however late that is.
 */
function linked(invocation: Invocation): Links {
  const known = linksOf.get(invocation);
  if (known !== undefined) return known;
  const sorted = invocation.entries.toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const all = sorted.map((entry, index): Linked => {
    let behind = -1;
    for (let other = 0; other < index; other += 1) {
      const endMs = sorted[other]?.endMs ?? 0;
      if (endMs <= entry.startMs && endMs >= (sorted[behind]?.endMs ?? 0)) behind = other;
    }
    return { index, entry, behind, gapMs: entry.startMs - (sorted[behind]?.endMs ?? 0) };
  });
  const links = {
    all,
    following: Map.groupBy(all, ({ behind }) => behind),
    lastEndMs: Math.max(0, ...all.map(({ entry }) => entry.endMs)),
  };
  linksOf.set(invocation, links);
  return links;
}

export interface InvocationReplay {
  readonly queue: EventQueue;
  readonly account: Account;
  readonly random: () => number;
  /** It may not ask for its alarms, and goes on without an answer. */
  readonly onAlarmsRefused: () => void;
  /** For how long it asks CloudWatch for metrics again. */
  readonly patienceMs: number;
  /** Whether CloudWatch answered for the metrics, when it did or was not asked again. */
  readonly onMetrics: (isAnswered: boolean) => void;
  readonly onLook: () => void;
  /** `refused`: a request was throttled more often than its client tries. */
  readonly onEnd: (outcome: 'done' | 'refused') => void;
}

/** Replays one invocation from now on. A sleep ends when it did, seen from the start: the function waits for a moment, not for so long. */
export function replayInvocation(
  invocation: Invocation,
  { queue, account, random, patienceMs, onAlarmsRefused, onMetrics, onLook, onEnd }: InvocationReplay,
): void {
  const { all, following, lastEndMs } = linked(invocation);
  const startMs = queue.now();
  let left = all.length;
  const patientUntilMs = startMs + patienceMs;
  let over = false;
  const end = (outcome: 'done' | 'refused') => {
    over = true;
    onEnd(outcome);
  };
  const finished = (index: number) => {
    left -= 1;
    if (over) return;
    if (left === 0) queue.after(invocation.tookMs - lastEndMs, () => end('done'));
    else release(index);
  };
  const release = (index: number) => {
    for (const link of following.get(index) ?? []) queue.after(link.gapMs, () => begin(link));
  };
  const begin = ({ index, entry }: Linked) => {
    const tookMs = entry.endMs - entry.startMs;
    if (entry.kind === 'look') {
      if (!over) onLook();
      finished(index);
    } else if (entry.kind === 'sleep') queue.after(startMs + entry.endMs - queue.now(), () => finished(index));
    else tryCall(index, entry, tookMs, 0);
  };
  const tryCall = (index: number, call: RecordedCall, tookMs: number, attempt: number): void => {
    if (over) return;
    const isData = call.service === 'GetMetricData';
    if (account.take(call, queue.now())) {
      if (isData) onMetrics(true);
      queue.after(tookMs, () => finished(index));
    } else if (isData || call.service === 'ListMetrics') tryMetrics(index, call, tookMs, attempt);
    else if (call.service === 'DescribeAlarms') tryAlarms(index, call, tookMs, attempt);
    else if (attempt + 1 >= storeAttempts) end('refused');
    else queue.after(backoffMs(attempt), () => tryCall(index, call, tookMs, attempt + 1));
  };
  const tryMetrics = (index: number, call: RecordedCall, tookMs: number, attempt: number) => {
    if ((attempt + 1) % cloudWatchAttempts > 0) {
      queue.after(backoffMs(attempt % cloudWatchAttempts), () => tryCall(index, call, tookMs, attempt + 1));
      return;
    }
    if (call.service === 'GetMetricData') {
      const waitMs = patientWaitMs(Math.floor(attempt / cloudWatchAttempts), random());
      if (queue.now() + waitMs <= patientUntilMs) {
        queue.after(waitMs, () => tryCall(index, call, tookMs, attempt + 1));
        return;
      }
      onMetrics(false);
    }
    finished(index);
  };
  const tryAlarms = (index: number, call: RecordedCall, tookMs: number, attempt: number) => {
    if (attempt + 1 < sdkAttempts) {
      queue.after(sdkBackoffMs(attempt, random()), () => tryCall(index, call, tookMs, attempt + 1));
      return;
    }
    onAlarmsRefused();
    finished(index);
  };
  if (left === 0) queue.after(invocation.tookMs, () => end('done'));
  else release(-1);
}
