import type { Faults } from '../../../sandbox/prometheus/faults.ts';
import { noFaults } from '../../../sandbox/prometheus/faults.ts';
import type { SourceTrouble } from '../../contract/metric-provider.ts';

export const prometheusTroubles: readonly SourceTrouble[] = ['down', 'throttled', 'failing', 'slow'];

/** Makes the sandbox's Prometheus do what a contract asks for. */
export function makeTrouble(faults: Faults, trouble: SourceTrouble): void {
  Object.assign(faults, noFaults());
  if (trouble === 'down') faults.down = true;
  if (trouble === 'throttled') faults.status = 429;
  if (trouble === 'failing') faults.status = 503;
  if (trouble === 'slow') faults.slowMs = 60_000;
}

export function endTrouble(faults: Faults): void {
  Object.assign(faults, noFaults());
}
