import { AlertStates } from '../../adapters/store/alert-states.ts';
import { SpecIndex } from '../../adapters/store/spec-index.ts';
import type { AlarmReading } from '../../core/metric-ports.ts';
import type { AlertTold } from '../../core/spec/alert.ts';
import { type AlarmHandled, abortNamed, noteAndAbort } from './abort-for-alarm.ts';
import type { AbortDeps } from './abort-rollout.ts';

export interface AlertsHandled extends AlarmHandled {
  /** The alerts that some spec names. All others are none of Sluice's business, and are not kept. */
  readonly named: readonly string[];
}

/**
 * Alerts were pushed: their states are noted, and where one fires, the rollouts whose spec names it are aborted as for an alarm. A spec
 * gives no more than the name, so that an alert counts whatever its other labels are, as it does when Prometheus is asked: a rule that is
 * to judge one service has to say so in its expression. One name that cannot be handled never keeps the others from it.
 *
 * @param toldAtMs When the message was published, for alerts that do not say since when.
 * @throws What the first name failed with, after all were tried.
 */
export async function abortForAlerts(deps: AbortDeps, alerts: readonly AlertTold[], toldAtMs: number): Promise<AlertsHandled> {
  const byName = Map.groupBy(alerts, ({ name }) => name);
  const settled = await Promise.allSettled([...byName].map(([name, own]) => abortForName(deps, name, own, toldAtMs)));
  const failed = settled.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const handled = settled.flatMap((each) => (each.status === 'fulfilled' && each.value !== undefined ? [each.value] : []));
  const aborted = [...new Set(handled.flatMap((each) => each.aborted))];
  return { outcome: aborted.length > 0 ? 'rollbackStarted' : 'noted', aborted, named: handled.map(({ name }) => name) };
}

/** Of an alert in a spec. */
const longestName = 255;

async function abortForName(
  deps: AbortDeps,
  name: string,
  alerts: readonly AlertTold[],
  toldAtMs: number,
): Promise<(AlarmHandled & { readonly name: string }) | undefined> {
  // No spec can name it.
  if (name.length > longestName) return undefined;
  const rollouts = await new SpecIndex(deps.store).namesForAlert(name);
  if (rollouts.length === 0) return undefined;
  const firing = newestFiring(name, alerts, toldAtMs);
  const handled = await noteAndAbort(
    () => new AlertStates(deps.store).note(name, alerts, toldAtMs),
    async () =>
      firing === undefined ? { outcome: 'noted', aborted: [] } : abortNamed(deps, 'alerts', firing, firing.sinceMs ?? toldAtMs, rollouts),
  );
  return { ...handled, name };
}

/** The newest speaks for all: if it began before a rollout did, so did the others. */
function newestFiring(name: string, alerts: readonly AlertTold[], toldAtMs: number): AlarmReading | undefined {
  const since = ({ sinceMs = toldAtMs }: AlertTold) => sinceMs;
  const [newest, ...others] = alerts.filter(({ state }) => state === 'alarm').toSorted((a, b) => since(b) - since(a));
  if (newest === undefined) return undefined;
  const { reason, sinceMs } = newest;
  return { name, state: 'alarm', reason: others.length === 0 ? reason : `${reason} (and ${others.length} more)`, sinceMs };
}
