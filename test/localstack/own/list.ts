import { alarmActionAlone } from './alarm-action.ts';
import { alertBySns } from './alert-by-sns.ts';
import type { OwnScenario } from './own-scenario.ts';
import { removalRefused } from './removal-refused.ts';
import { rolloutsFolder } from './rollouts-folder.ts';
import { twoCopies } from './two-copies.ts';
import { upgrade } from './upgrade.ts';

export const ownScenarios: readonly OwnScenario[] = [upgrade, removalRefused, rolloutsFolder, alarmActionAlone, alertBySns, twoCopies];
