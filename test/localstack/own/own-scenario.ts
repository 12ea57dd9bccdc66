import type { Scenario } from '../../scenarios/scenario.ts';
import type { Lane } from '../tier/lane.ts';

/** A scenario of what there is only where Sluice is deployed: its topic, its stack, its alarms' actions. */
export interface OwnScenario extends Pick<Scenario, 'name' | 'title' | 'promises'> {
  /** Where it fails, the deployment is not what it was, and nothing else is played on it. */
  readonly risksDeployment?: boolean;
  readonly on: (lane: Lane) => Omit<Scenario, 'name' | 'title' | 'promises'>;
}
