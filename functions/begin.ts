import * as z from 'zod/mini';
import { beginRollout } from '../runtime/acts/begin-rollout.ts';
import { readStart } from '../runtime/acts/read-start.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { providePatientAlarms } from '../runtime/providers/alarms.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideCloudWatch } from '../runtime/providers/cloudwatch.ts';
import { provideClusterFinder } from '../runtime/providers/cluster-finder.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideEvents } from '../runtime/providers/events.ts';
import { provideExecutions } from '../runtime/providers/executions.ts';
import { provideImages } from '../runtime/providers/images.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { providePrometheus } from '../runtime/providers/prometheus.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * How long a rollout that waits for another one of its service waits before it asks again: 10 s, and later a twentieth of the time that it has
 * waited. Each time it asks is 9 events of its history: about 80 times in an hour, 210 in 30 days.
 */
function turnSeconds(waitedMs: number): number {
  return Math.max(10, Math.ceil(waitedMs / 20_000));
}

const input = z.strictObject({
  /** Whatever started the execution: an ECR event, or what a person typed. */
  input: z.unknown(),
  executionArn: z.string(),
  /** RFC 3339, from the context object. */
  executionStartedAt: z.string(),
});

/**
 * The first state of a rollout. It decides whether there is one: a push that was dealt with already, or an image that stable runs,
 * is ignored; a service that is busy is waited for, superseded or refused, as its spec says.
 */
export const begin = defineFunction({
  name: 'Begin',
  input,
  uses: {
    ...provideClock,
    ...provideStore,
    ...provideClusters,
    ...provideClusterFinder,
    ...provideExecutions,
    ...provideImages,
    ...provideEvents,
    ...providePatientAlarms,
    ...provideCloudWatch,
    ...providePrometheus,
    ...provideLog,
  },
  run: async ({ input, executionArn, executionStartedAt }, deps) => {
    const execution = { input, executionArn, executionStartedAtMs: Date.parse(executionStartedAt) };
    const read = await readStart(deps, execution);
    if (read.outcome === 'ignored') return { input, outcome: 'ignored', reason: read.reason };
    const begun = await beginRollout(deps, read.start);
    if (begun.outcome === 'begun') return begun.payload;
    return {
      input,
      outcome: begun.outcome,
      reason: begun.reason,
      waitSeconds: turnSeconds(deps.clock.now() - execution.executionStartedAtMs),
    };
  },
});

export const handler = begin.handler;
