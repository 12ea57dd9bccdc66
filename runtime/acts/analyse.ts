import { AlarmStates } from '../../adapters/store/alarm-states.ts';
import { judgeAlarm } from '../../core/analysis/judge-alarm.ts';
import { judgeCanary } from '../../core/analysis/judge-canary.ts';
import type { JudgedDatapoint } from '../../core/analysis/judge-datapoint.ts';
import type { MetricTally } from '../../core/analysis/judge-metric.ts';
import { type Moment, metricsNow } from '../../core/analysis/metrics-now.ts';
import { overallVerdict, type Verdict } from '../../core/analysis/verdict.ts';
import type { AnswerCount } from '../../core/rollout/answer-count.ts';
import type { AnalysisResult } from '../../core/rollout/record.ts';
import type { ShareWatch } from '../../core/rollout/share-record.ts';
import { followShare, type ShareLook } from '../../core/rollout/share-watch.ts';
import { isCloudWatch, isMannWhitney, isPrometheusMetric, isProportion } from '../../core/spec/rollout-spec.ts';
import type { Deps } from '../deps.ts';
import { lookAtCluster } from './find-drift.ts';
import { judgeDatapoints } from './judge-datapoints.ts';
import { judgeProportions } from './judge-proportions.ts';
import { judgeQueries } from './judge-queries.ts';
import { judgeShifts } from './judge-shifts.ts';
import { measureShare } from './measure-share.ts';
import type { OpenRollout } from './open-rollout.ts';
import { isPassedOver } from './passed-over.ts';

export interface Analysis {
  readonly result: AnalysisResult;
  readonly tallies: Readonly<Record<string, MetricTally>>;
  readonly datapoints: Readonly<Record<string, JudgedDatapoint>>;
  readonly answers: Readonly<Record<string, AnswerCount>>;
  /** What is known of the canary's share of the requests; undefined where it is not measured. */
  readonly share: ShareWatch | undefined;
  /** When the newest sample was scraped that the metrics have of the canary; undefined where it was not asked for, or nobody knows. */
  readonly newestSampleAtMs: number | undefined;
}

/**
 * One analysis: the cluster, all metrics, alarms and alerts at once, each judged, and the gravest verdict of them. The canary's share of the
 * requests is measured beside it: it says nothing against the canary, and so has no part in the verdict.
 *
 * @param asksForNewestSample One cheap query more, which has no part in it either.
 */
export async function analyse(
  deps: Pick<Deps, 'clock' | 'store' | 'prometheus' | 'cloudWatch'>,
  open: OpenRollout,
  tallies: Readonly<Record<string, MetricTally>>,
  asksForNewestSample: boolean,
): Promise<Analysis> {
  const { spec, record } = open;
  const { asked, warmsUpUntilMs } = metricsNow(spec.analysis.metrics, momentOf(record, deps.clock.now()));
  const [look, metrics, datapoints, proportions, shifts, alarms, alerts, counted] = await Promise.all([
    lookAtCluster(open),
    judgeQueries(deps, open, asked.filter(isPrometheusMetric), { tallies, asksForNewestSample }),
    judgeDatapoints(deps, open, asked.filter(isCloudWatch)),
    judgeProportions(deps, open, asked.filter(isProportion)),
    judgeShifts(deps, open, asked.filter(isMannWhitney)),
    new AlarmStates(deps.store).read(spec.analysis.alarms),
    readAlerts(deps, open),
    measureShare(deps, open, record.watch?.share),
  ]);
  const { restarts } = look.canary;
  const canary = judgeCanary(look.canary, record.watch?.restarts);
  const verdicts: Verdict[] = [
    canary,
    ...alarms.map((reading) => judgeAlarm(reading, isPassedOver(record, 'alarms', reading) ? [reading.name] : [])),
    ...alerts.map((reading) => judgeAlarm(reading, isPassedOver(record, 'alerts', reading) ? [reading.name] : [])),
    ...metrics.verdicts,
    ...datapoints.verdicts,
    ...proportions.verdicts,
    ...shifts,
  ];
  return {
    result: {
      atMs: deps.clock.now(),
      overall: overallVerdict(verdicts),
      verdicts,
      ...(warmsUpUntilMs === undefined ? {} : { warmsUpUntilMs }),
      ...(look.drift === undefined ? {} : { drift: look.drift }),
      ...(canary.verdict === 'inconclusive' ? { crashed: true } : {}),
      ...(restarts === undefined ? {} : { restarts }),
    },
    tallies: { ...tallies, ...metrics.tallies, ...datapoints.tallies },
    datapoints: { ...record.datapoints, ...datapoints.datapoints },
    answers: { ...record.answers, ...proportions.answers },
    share: shareOf(record, counted),
    newestSampleAtMs: metrics.newestSampleAtMs,
  };
}

function momentOf({ watch, trafficSinceMs }: OpenRollout['record'], nowMs: number): Moment {
  return { stepIndex: watch?.stepIndex ?? 0, nowMs, trafficSinceMs: trafficSinceMs ?? watch?.startedAtMs ?? nowMs };
}

function shareOf({ watch, split }: OpenRollout['record'], counted: ShareLook | undefined): ShareWatch | undefined {
  return watch?.share === undefined || counted === undefined ? watch?.share : followShare(watch.share, counted, split);
}

async function readAlerts(deps: Pick<Deps, 'prometheus'>, open: OpenRollout) {
  const { prometheus, alerts } = open.spec.analysis;
  return prometheus === undefined || alerts.length === 0 ? [] : deps.prometheus(prometheus.url).alerts.read(alerts);
}
