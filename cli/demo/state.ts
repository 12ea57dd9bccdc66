import type { RolloutReport, ScenarioReport } from './report.ts';
import type { DemoScenario } from './theatre.ts';

/** The measured split is that of the answers of the last two seconds. */
export const measuredOverMs = 2000;

interface Answer {
  readonly atMs: number;
  readonly version: string;
}

/** What the frame is drawn from: the report as it grows, and the newest answers. */
export interface DemoState {
  readonly report: ScenarioReport;
  readonly nowMs: number;
  /** Whether everything runs. */
  readonly ready: boolean;
  /** Answers of the last {@link measuredOverMs}, oldest first. */
  readonly recent: readonly Answer[];
}

export function initialState(scenario: DemoScenario, nowMs: number): DemoState {
  const { name, title, service, stable } = scenario;
  const startedAtMs = Math.round(nowMs);
  return {
    report: {
      scenario: name,
      title,
      service,
      stable,
      startedAtMs,
      requests: {},
      unanswered: 0,
      seconds: [],
      rollouts: [],
      story: [],
      differences: [],
    },
    nowMs: startedAtMs,
    ready: false,
    recent: [],
  };
}

/** The rollout that the picture shows: the newest. */
export function currentRollout(report: ScenarioReport): RolloutReport | undefined {
  return report.rollouts.at(-1);
}

/** The share of the recent answers that a version gave, from 0 to 1; undefined where there was none to share. */
export function measuredShare(state: DemoState, version: string): number | undefined {
  const recent = state.recent.filter(({ atMs }) => atMs > state.nowMs - measuredOverMs);
  return recent.length === 0 ? undefined : recent.filter((answer) => answer.version === version).length / recent.length;
}

/**
 * The share that is set for the new version, from 0 to 1: the canary's weight, and everything once a promotion has given the traffic
 * back to stable, which then runs that version.
 */
export function setShare(rollout: RolloutReport): number {
  const returned = rollout.transitions.some(({ what }) => what === 'trafficReturned');
  if (returned && rollout.reason === undefined) return 1;
  return (rollout.weights.at(-1)?.canary ?? 0) / rollout.totalWeight;
}

/** From the first bad answer to the last new request that the canary was given, while that grows and when it is final. */
export function exposureMs({ firstBadAnswerAtMs, lastCanaryRequestAtMs }: RolloutReport): number | undefined {
  if (firstBadAnswerAtMs === undefined || lastCanaryRequestAtMs === undefined) return undefined;
  return Math.max(0, lastCanaryRequestAtMs - firstBadAnswerAtMs);
}

/** From the alarm's event to the last new request that the canary was given. */
export function reactionMs({ alarmAtMs, lastCanaryRequestAtMs }: RolloutReport): number | undefined {
  if (alarmAtMs === undefined || lastCanaryRequestAtMs === undefined) return undefined;
  return Math.max(0, lastCanaryRequestAtMs - alarmAtMs);
}
