import { isRecord } from './json.ts';

/** One condition of a status, without the time of its last change. */
export interface ConditionNow {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

interface Condition extends ConditionNow {
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

/** A condition as it is written: its time changes with its status, and with nothing else. */
export function condition(now: ConditionNow, observedGeneration: number, before: unknown, nowMs: number): Condition {
  const found: unknown = Array.isArray(before) ? before.find((each) => isRecord(each) && each['type'] === now.type) : undefined;
  const since = isRecord(found) && found['status'] === now.status ? found['lastTransitionTime'] : undefined;
  const time = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  return { ...now, observedGeneration, lastTransitionTime: typeof since === 'string' ? since : time };
}
