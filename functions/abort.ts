import * as z from 'zod/mini';
import { alarmAction, alarmReadingOf, alarmStateChangeEvent } from '../core/spec/events.ts';
import { abortExecution, caughtInput } from '../runtime/acts/abort-execution.ts';
import { abortForAlarm } from '../runtime/acts/abort-for-alarm.ts';
import { abortForPerson, personInput } from '../runtime/acts/abort-for-person.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideExecutions } from '../runtime/providers/executions.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideDoorStore } from '../runtime/providers/store.ts';

/** Told apart by their shape: what a rollout machine caught, an alarm's event or its action, a person's wish. */
const input = z.union([
  z.pipe(
    caughtInput,
    z.transform((caught) => ({ from: 'execution' as const, caught })),
  ),
  z.pipe(
    alarmStateChangeEvent,
    z.transform(({ detail }) => ({ from: 'alarm' as const, reading: alarmReadingOf(detail) })),
  ),
  z.pipe(
    alarmAction,
    z.transform(({ alarmData }) => ({ from: 'alarm' as const, reading: alarmReadingOf(alarmData) })),
  ),
  z.pipe(
    personInput,
    z.transform((person) => ({ from: 'person' as const, person })),
  ),
]);

/**
 * The abort door: whoever wants a rollout undone comes here. A CloudWatch alarm by its event and by its action, a rollout machine that
 * caught an error or decided to give up, a person by the command or the console. It moves the traffic itself, in this one call, and starts
 * the rollback machine that finishes the rest. Called twice, it has one effect.
 */
export const abort = defineFunction({
  name: 'Abort',
  input,
  uses: { ...provideClock, ...provideDoorStore, ...provideClusters, ...provideExecutions, ...provideLog },
  run: async (request, deps): Promise<object> => {
    switch (request.from) {
      case 'execution':
        return abortExecution(deps, request.caught);
      case 'alarm':
        return abortForAlarm(deps, request.reading);
      case 'person':
        return abortForPerson(deps, request.person);
    }
  },
});

export const handler = abort.handler;
