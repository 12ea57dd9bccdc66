import { canaryCrashesDuringBake, canaryHangsUp, canaryPodKeepsCrashing } from './list/canary-crashes.ts';
import { canaryNeverReady } from './list/canary-never-ready.ts';
import { demoAlarm } from './list/demo-alarm.ts';
import { demoHealthy } from './list/demo-healthy.ts';
import { errorsAtSecondStep } from './list/errors-at-second-step.ts';
import { harmedWrites } from './list/harmed-writes.ts';
import { healthy } from './list/healthy.ts';
import { noTrafficAtAll, trafficStopsAndReturns, trafficStopsForGood } from './list/no-traffic.ts';
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
import { prometheusDownForGood, prometheusDownForOneInterval } from './list/prometheus-down.ts';
import { raiseLandsAfterRollback } from './list/raise-lands-after-rollback.ts';
import { slowOnlyAtP99 } from './list/slow-only-at-p99.ts';
import { slowStart } from './list/slow-start.ts';
import { twoRolloutsOnOneVirtualService } from './list/two-rollouts-on-one-virtual-service.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, in the order in which a reader gets to know Sluice. */
export const scenarios: readonly Scenario[] = [
  healthy,
  errorsAtSecondStep,
  slowOnlyAtP99,
  canaryNeverReady,
  slowStart,
  canaryCrashesDuringBake,
  canaryHangsUp,
  canaryPodKeepsCrashing,
  noTrafficAtAll,
  trafficStopsAndReturns,
  trafficStopsForGood,
  prometheusDownForOneInterval,
  prometheusDownForGood,
  twoRolloutsOnOneVirtualService,
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
];
