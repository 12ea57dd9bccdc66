import type { RolloutStore } from '../../core/ports.ts';
import { alarmIndexPartition, alertIndexPartition, repositoryIndexPartition } from './keys.ts';

/**
 * From the names of alarms, alerts and repositories to the rollouts whose newest spec names them. `Specs` keeps it; the doors, for which people
 * wait, only ask it, and need not load how a spec is read for that.
 */
export class SpecIndex {
  readonly #store: RolloutStore;

  constructor(store: RolloutStore) {
    this.#store = store;
  }

  /** The rollouts whose spec names the alarm. */
  async namesForAlarm(alarm: string): Promise<string[]> {
    return (await this.#store.list(alarmIndexPartition(alarm))).map((item) => item.key.sort);
  }

  /** The rollouts whose spec names the Prometheus alert. */
  async namesForAlert(alert: string): Promise<string[]> {
    return (await this.#store.list(alertIndexPartition(alert))).map((item) => item.key.sort);
  }

  /** The rollouts whose spec takes images from the repository. */
  async namesForRepository(repository: string): Promise<string[]> {
    return (await this.#store.list(repositoryIndexPartition(repository))).map((item) => item.key.sort);
  }
}
