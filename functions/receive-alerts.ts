import { InvalidInputError } from '../core/errors.ts';
import { readAlertMessage } from '../core/spec/alert-message.ts';
import { type SnsRecord, snsEvent } from '../core/spec/door-events.ts';
import { abortForAlerts } from '../runtime/acts/abort-for-alerts.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideExecutions } from '../runtime/providers/executions.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';

/**
 * The door for Alertmanager and Amazon Managed Service for Prometheus, through SNS: an alert that fires aborts the rollouts whose spec
 * names it. One record that cannot be handled never keeps others from it; the call fails at the end, so that it is tried again, and left
 * in the dead-letter queue where that does not help.
 */
export const receiveAlerts = defineFunction({
  name: 'ReceiveAlerts',
  input: snsEvent,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideExecutions, ...provideLog },
  run: async ({ Records }, deps) => {
    const receive = async ({ Sns }: SnsRecord) => {
      const told = readAlertMessage(Sns.Message, Sns.Subject ?? undefined);
      for (const why of told.ignored) deps.log.warn(why, { messageId: Sns.MessageId });
      const publishedAtMs = Date.parse(Sns.Timestamp);
      const handled = await abortForAlerts(deps, told.alerts, Number.isNaN(publishedAtMs) ? deps.clock.now() : publishedAtMs);
      if (told.wrong.length === 0) return handled;
      throw new InvalidInputError(`The SNS message ${Sns.MessageId} could not be read whole. ${told.wrong.join(' ')}`, {
        remedy: 'See docs/where-to-look.md for how alerts reach Sluice.',
      });
    };
    const settled = await Promise.allSettled(Records.map(receive));
    const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    for (const failure of failures.slice(1)) deps.log.error('could not receive a message', failure);
    if (failures.length > 0) throw failures[0];
    const handled = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const aborted = [...new Set(handled.flatMap((each) => each.aborted))];
    return { outcome: aborted.length > 0 ? 'rollbackStarted' : 'noted', aborted, named: handled.flatMap((each) => each.named) };
  },
});

export const handler = receiveAlerts.handler;
