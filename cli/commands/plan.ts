import { formatPlan } from '../../core/plan/format-plan.ts';
import { expectedHistoryEvents, historyLimit } from '../../core/plan/history.ts';
import { planRollout } from '../../core/plan/plan.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import { exitCodes } from '../output/exit-code.ts';
import type { Run } from './command.ts';
import { parseOrThrow, readSpecFile, specFileOf } from './spec-files.ts';

/** Prints what a rollout by this spec will do. @throws SpecInvalidError */
export function plan(fileOrName: string): Run {
  return async (context) => {
    const spec = parseOrThrow(await readSpecFile(context.io.cwd, specFileOf(fileOrName)));
    const planned = planRollout(spec);
    const events = expectedHistoryEvents(planned, spec.policies);
    const { readySeconds, queueSeconds, drainSeconds } = spec.deadlines;
    const text = [
      formatPlan(planned),
      `Deadlines: ready ${formatDuration(readySeconds)}, queue ${formatDuration(queueSeconds)}, drain ${formatDuration(drainSeconds)}.`,
      `At most about ${events} events in the execution's history, of ${historyLimit} that a plan may use.`,
    ].join('\n');
    context.print({ rollout: spec.name, plan: planned, deadlines: spec.deadlines, historyEvents: events, historyLimit }, text);
    return exitCodes.fine;
  };
}
