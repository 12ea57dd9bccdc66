import { asksForNewestSample, firstLook, nextLook } from '../core/analysis/look-times.ts';
import { longestWatchSeconds } from '../core/plan/tick.ts';
import { decide } from '../core/rollout/decide.ts';
import { newWatch, observe } from '../core/rollout/observe.ts';
import { rolloutPayload } from '../core/rollout/payload.ts';
import { analyse } from '../runtime/acts/analyse.ts';
import { notingClusterAway } from '../runtime/acts/note-cluster-away.ts';
import { openOwned } from '../runtime/acts/open-rollout.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideCloudWatch } from '../runtime/providers/cloudwatch.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { providePrometheus } from '../runtime/providers/prometheus.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * Judges the canary at each interval, inside the Lambda, and leaves as soon as there is anything to do but stay: a failed verdict, an
 * outside edit, a person's request, the beginning or the end of a pause, the end of the bake; or a fence, which every write to the store
 * checks. A bake that lasts longer than was planned, because the canary had no traffic for a while, is watched to its end all the same,
 * as long as one Lambda may watch. With `watchSeconds` 0 it judges once: the state machine does the waiting.
 */
export const runAnalysis = defineFunction({
  name: 'RunAnalysis',
  input: rolloutPayload,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideCloudWatch, ...providePrometheus, ...provideLog },
  run: async (payload, deps) => {
    const { clock } = deps;
    const untilMs = clock.now() + (payload.watchSeconds === 0 ? 0 : longestWatchSeconds * 1000);
    let times = firstLook(clock.now());
    for (;;) {
      const open = await openOwned(deps, payload);
      const { record, spec, plan } = open;
      const asksNewest = payload.watchSeconds > 0 && asksForNewestSample(times);
      const { result, tallies, datapoints, answers, share, newestSampleAtMs } = await notingClusterAway(deps, open, () =>
        analyse(deps, open, record.tallies, asksNewest),
      );
      const intervalMs = spec.analysis.intervalSeconds * 1000;
      const bakeMs = (plan.steps[payload.stepIndex]?.bakeSeconds ?? 0) * 1000;
      const observed = observe(record.watch ?? newWatch(payload.stepIndex, clock.now()), result, { intervalMs, bakeMs });
      const watch = { ...observed, ...(share === undefined ? {} : { share }) };
      const saved = await open.rollouts.save(
        open.held,
        {
          watch,
          trafficSinceMs: record.trafficSinceMs ?? watch.startedAtMs,
          tallies: { ...tallies },
          ...(Object.keys(datapoints).length === 0 ? {} : { datapoints: { ...datapoints } }),
          ...(Object.keys(answers).length === 0 ? {} : { answers: { ...answers } }),
          analysis: result,
        },
        spec.analysis.intervalSeconds,
      );
      const decision = decide(
        { spec, plan, pace: open.pace, watch, startedAtMs: record.startedAtMs, restores: record.restores, request: record.request },
        result,
      );
      deps.log.info(result.overall.reason, { verdict: result.overall.verdict, weight: saved.record.split.canary });
      const stays = decision.action === (record.phase === 'paused' ? 'pause' : 'hold');
      if (!stays || clock.now() >= untilMs) {
        return { ...payload, outcome: result.overall.verdict, weight: record.split.canary };
      }
      const waitMs = Math.min(intervalMs, 'tick' in decision ? decision.tick.watchSeconds * 1000 : intervalMs);
      const passed = result.overall.verdict === 'pass';
      times = nextLook(times, { endedAtMs: result.atMs, passed, newestSampleAtMs, waitMs }, intervalMs);
      await clock.sleep(Math.max(0, Math.min(times.dueMs, untilMs) - clock.now()));
    }
  },
});

export const handler = runAnalysis.handler;
