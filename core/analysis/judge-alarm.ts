import type { AlarmReading } from '../metric-ports.ts';
import type { Verdict } from './verdict.ts';

/**
 * Judges the state of one alarm or alert. ALARM fails at once: whoever made the alarm has already said how much is too much.
 * An alarm that lacks data, or that somebody deleted meanwhile, is inconclusive, never a pass.
 *
 * @param ignored Alarms that were firing at the start, where the spec says to ignore those (J8).
 */
export function judgeAlarm(reading: AlarmReading, ignored: readonly string[] = []): Verdict {
  const { name } = reading;
  const because = reading.reason === '' ? '.' : `: ${reading.reason}`;
  switch (reading.state) {
    case 'ok':
      return { name, verdict: 'pass', reason: `${name} is not in alarm.` };
    case 'alarm':
      return ignored.includes(name)
        ? { name, verdict: 'pass', reason: `${name} was in alarm before the rollout began, and the spec says to ignore that.` }
        : { name, verdict: 'fail', reason: `${name} is in alarm${because}` };
    case 'insufficientData':
      return { name, verdict: 'inconclusive', reason: `${name} has insufficient data${because}` };
    case 'missing':
      return { name, verdict: 'inconclusive', reason: `${name} does not exist any more.` };
    case 'unavailable':
      return { name, verdict: 'unavailable', reason: `${name} could not be read${because}` };
  }
}
