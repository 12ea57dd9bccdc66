import type { Scenario } from '../../scenarios/scenario.ts';
import type { Lane } from '../tier/lane.ts';

/** A scenario of what there is only where Sluice is deployed: its topic, its stack, its alarms' actions. */
export interface OwnScenario extends Pick<Scenario, 'name' | 'title' | 'promises'> {
  readonly on: (lane: Lane) => Omit<Scenario, 'name' | 'title' | 'promises'>;
}
