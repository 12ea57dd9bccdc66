import type { Scenario } from './scenario.ts';

/** Stories that many scenarios tell: an image is pushed, and comes to its end. */

export const untilSucceeded: Scenario['story'] = async (stage) => {
  stage.push('v2');
  await stage.untilState('Succeeded');
};

export const untilRolledBack: Scenario['story'] = async (stage) => {
  stage.push('v2');
  await stage.untilState('RolledBack', 1, 'rollback');
};
