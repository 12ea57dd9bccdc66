import type { CloudWatchQuestion, Datapoint } from '../metric-ports.ts';
import { staleAfterMs } from './newest-datapoint.ts';

/** When CloudWatch is asked, and for what time: the same for a rollout and for a replay of what was recorded. */

/**
 * From when to when a call asks, in seconds: up to the end of the newest full period, and as far back as a period may be and still count. Both stand at
 * full periods, where CloudWatch answers fastest.
 */
export function timesOf(questions: readonly CloudWatchQuestion[], nowMs: number): { readonly StartTime: number; readonly EndTime: number } {
  const periods = questions.map(({ periodSeconds }) => periodSeconds);
  const nowSeconds = nowMs / 1000;
  const floor = (seconds: number, to: number) => Math.floor(seconds / to) * to;
  const starts = periods.map((each) => floor(nowSeconds, each) - each - staleAfterMs(each) / 1000);
  return {
    StartTime: floor(Math.min(...starts), Math.max(...periods)),
    EndTime: Math.max(...periods.map((each) => floor(nowSeconds, each))),
  };
}

/** What CloudWatch answered last, which is answered again while there can be nothing new. */
export interface RememberedDatapoints {
  /** The questions. */
  readonly of: string;
  readonly untilMs: number;
  readonly datapoints: readonly Datapoint[];
}

/** What was answered last to the same questions; undefined where CloudWatch is to be asked. */
export function recall(
  remembered: RememberedDatapoints | undefined,
  questions: readonly CloudWatchQuestion[],
  nowMs: number,
): readonly Datapoint[] | undefined {
  if (remembered === undefined || nowMs >= remembered.untilMs) return undefined;
  return remembered.of === JSON.stringify(questions) ? remembered.datapoints : undefined;
}

/**
 * Keeps an answer until there may be something new: not before the next period is over, and then six times a period until it is published. What was not answered
 * is asked for again at once.
 *
 * @example Of a period of 60 s that ended at 12:01:00 and is read at 12:01:20: until 12:02:00, and then each 10 s.
 */
export function remember(questions: readonly CloudWatchQuestion[], datapoints: readonly Datapoint[], nowMs: number): RememberedDatapoints {
  const again = datapoints.map((each, index) => {
    const soonMs = nowMs + ((questions[index]?.periodSeconds ?? 0) * 1000) / 6;
    return each.status === 'value' ? Math.max(soonMs, 2 * each.untilMs - each.fromMs) : soonMs;
  });
  const untilMs = datapoints.some(({ status }) => status === 'unavailable') ? 0 : Math.min(...again);
  return { of: JSON.stringify(questions), untilMs, datapoints };
}
