import { againWithinTheWindow } from './list/again-within-the-window.ts';
import { alarmActions } from './list/alarm-action.ts';
import { alarmOfNewestSpec, alarmOfOlderSpec } from './list/alarm-and-newest-spec.ts';
import { alarmAtStartBlocks, alarmAtStartIgnored, alarmsAtStartFireAgain } from './list/alarm-at-start.ts';
import { alarmsBeforeFirstWeight } from './list/alarm-before-first-weight.ts';
import { alarmDuringBake } from './list/alarm-during-bake.ts';
import { alarmEventFiveTimes, alarmEventLateAndOutOfOrder, alarmEventLost, okEventLate } from './list/alarm-events.ts';
import { alarmAfterStableIsReady, alarmBeforeStableIsReady } from './list/alarm-in-promotion.ts';
import { alarmsWhileFinishing, promotionWriteLandsAfterRollback } from './list/alarm-turns-promotion.ts';
import { alertsPushed } from './list/alerts-pushed.ts';
import { badInputs } from './list/bad-input.ts';
import { beginFails } from './list/begin-fails.ts';
import { canaryCrashesDuringBake, canaryHangsUp, canaryPodCrashesInTurns, canaryPodKeepsCrashing } from './list/canary-crashes.ts';
import { canaryNeverReady } from './list/canary-never-ready.ts';
import { cloudWatchMetrics } from './list/cloudwatch-metrics.ts';
import { comparedWithStable } from './list/compared-with-stable.ts';
import { deathIsTold } from './list/death-told.ts';
import { demoAlarm } from './list/demo-alarm.ts';
import { demoHealthy } from './list/demo-healthy.ts';
import { destinationRules } from './list/destination-rule.ts';
import { diesBeforeTelling } from './list/dies-before-telling.ts';
import { errorsAtSecondStep } from './list/errors-at-second-step.ts';
import { everyAnswerAnError } from './list/every-answer-an-error.ts';
import { harmedWrites } from './list/harmed-writes.ts';
import { healthy } from './list/healthy.ts';
import { keptUsers } from './list/kept-users.ts';
import { lambdaFailuresInTheList } from './list/lambda-dies.ts';
import { matchedUsers } from './list/matched-users.ts';
import { prometheusDownAtStart, wrongMetricAtStart } from './list/metric-at-start.ts';
import { metricRoles } from './list/metric-roles.ts';
import { mirroredRequests } from './list/mirrored-requests.ts';
import { noTrafficAtAll, resumedWithoutTraffic, trafficStopsAndReturns, trafficStopsForGood } from './list/no-traffic.ts';
import { operatorAborts, operatorPausesAndResumes, operatorPromotes, pauseThroughBlip, stepPauses } from './list/operator.ts';
import { otherBackends } from './list/other-backends.ts';
import { otherRouters } from './list/other-routers.ts';
import {
  outsideReplaceRestored,
  outsiderFightsOn,
  outsideWeightAborted,
  outsideWeightHaltedAndResumed,
  outsideWeightHaltedForGood,
  outsideWeightHaltedTwice,
  outsideWeightRestored,
} from './list/outside-edit-of-weight.ts';
import {
  outsideDeletionOfCanary,
  outsideImageOfStable,
  outsideScaleOfStable,
  outsideUnpinAborted,
  outsideUnpinRestored,
} from './list/outside-edit-of-workload.ts';
import { paceByEvidence } from './list/pace-by-evidence.ts';
import { prometheusDownForGood, prometheusDownForOneInterval, prometheusFlapsWithoutTraffic } from './list/prometheus-down.ts';
import { gitBringsTheImage, gitBringsTheImageAfterTheStop, gitNeverBringsTheImage } from './list/promotion-git.ts';
import { pushes } from './list/pushes.ts';
import { raiseLandsAfterRollback } from './list/raise-lands-after-rollback.ts';
import { readyMadeMetrics } from './list/ready-made.ts';
import { returnsInSteps } from './list/return-in-steps.ts';
import { rollbackFailuresInTheList } from './list/rollback-lambda-dies.ts';
import { olderImageLate, secondImages, threeImages } from './list/second-image.ts';
import { hardlyAnyTraffic, secondRouteTakesTraffic } from './list/share-of-requests.ts';
import { slowOnlyAtP99 } from './list/slow-only-at-p99.ts';
import { slowStart } from './list/slow-start.ts';
import { stopsInTheList } from './list/stop-in-each-phase.ts';
import { storeDownAtTheAlarm, storeDownForMinutes, storeDownForSeconds, storeDownInPromotion } from './list/store-down.ts';
import { twoRolloutsOnOneVirtualService } from './list/two-rollouts-on-one-virtual-service.ts';
import { waitersDie } from './list/waiter-dies.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, in the order in which a reader gets to know Sluice. */
export const scenarios: readonly Scenario[] = [
  healthy,
  errorsAtSecondStep,
  everyAnswerAnError,
  againWithinTheWindow,
  slowOnlyAtP99,
  canaryNeverReady,
  slowStart,
  canaryCrashesDuringBake,
  canaryHangsUp,
  canaryPodKeepsCrashing,
  canaryPodCrashesInTurns,
  noTrafficAtAll,
  trafficStopsAndReturns,
  trafficStopsForGood,
  resumedWithoutTraffic,
  hardlyAnyTraffic,
  secondRouteTakesTraffic,
  prometheusDownForOneInterval,
  prometheusDownForGood,
  prometheusFlapsWithoutTraffic,
  twoRolloutsOnOneVirtualService,
  ...otherRouters,
  ...otherBackends,
  ...matchedUsers,
  ...keptUsers,
  ...comparedWithStable,
  ...cloudWatchMetrics,
  ...metricRoles,
  ...readyMadeMetrics,
  ...paceByEvidence,
  ...mirroredRequests,
  ...destinationRules,
  ...harmedWrites,
  raiseLandsAfterRollback,
  demoHealthy,
  demoAlarm,
  outsideWeightAborted,
  outsideWeightHaltedAndResumed,
  outsideWeightHaltedForGood,
  outsideWeightHaltedTwice,
  outsideWeightRestored,
  outsideReplaceRestored,
  outsiderFightsOn,
  outsideDeletionOfCanary,
  outsideImageOfStable,
  outsideScaleOfStable,
  outsideUnpinAborted,
  outsideUnpinRestored,
  ...returnsInSteps,
  alarmDuringBake,
  ...alarmsBeforeFirstWeight,
  alarmAtStartBlocks,
  alarmAtStartIgnored,
  ...alarmsAtStartFireAgain,
  wrongMetricAtStart,
  prometheusDownAtStart,
  alarmBeforeStableIsReady,
  alarmAfterStableIsReady,
  ...alarmsWhileFinishing,
  promotionWriteLandsAfterRollback,
  alarmOfNewestSpec,
  alarmOfOlderSpec,
  alarmEventFiveTimes,
  alarmEventLateAndOutOfOrder,
  okEventLate,
  alarmEventLost,
  ...alarmActions,
  ...alertsPushed,
  ...pushes,
  ...secondImages,
  threeImages,
  olderImageLate,
  ...waitersDie,
  deathIsTold,
  ...stopsInTheList,
  ...lambdaFailuresInTheList,
  ...rollbackFailuresInTheList,
  ...beginFails,
  ...diesBeforeTelling,
  storeDownForSeconds,
  storeDownForMinutes,
  storeDownAtTheAlarm,
  storeDownInPromotion,
  ...operatorAborts,
  operatorPausesAndResumes,
  operatorPromotes,
  ...stepPauses,
  pauseThroughBlip,
  ...badInputs,
  gitBringsTheImage,
  gitNeverBringsTheImage,
  gitBringsTheImageAfterTheStop,
];
