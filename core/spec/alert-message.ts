import * as z from 'zod/mini';
import { type AlertTold, readAlert } from './alert.ts';
import { readAlertText } from './alert-text.ts';

/** What one message told. What it did not tell in a form that Sluice knows is never guessed into a rollback. */
export interface AlertMessage {
  readonly alerts: readonly AlertTold[];
  /** What says nothing, or not with certainty, as sentences for the log. */
  readonly ignored: readonly string[];
  /** What somebody has to mend, as sentences. */
  readonly wrong: readonly string[];
}

/** What Alertmanager's webhook and both JSON templates share. */
const message = z.looseObject({ alerts: z.array(z.unknown()), truncatedAlerts: z.optional(z.number()) });
const named = z.looseObject({ labels: z.looseObject({ alertname: z.string().check(z.minLength(1)) }) });

const template = 'Use the template in examples/alertmanager/';

/**
 * Reads what came through SNS: JSON, or the text of Alertmanager's default template.
 *
 * @param subject The SNS message's, which counts the alerts of a text.
 */
export function readAlertMessage(text: string, subject: string | undefined): AlertMessage {
  if (text.trimStart().startsWith('{')) return readAlertJson(text);
  const alerts = readAlertText(text, subject);
  if (typeof alerts !== 'string') return { alerts, ignored: [], wrong: [] };
  return {
    alerts: [],
    ignored: [`A text that tells no alert with certainty is ignored. ${alerts} ${template}, which sends JSON.`],
    wrong: [],
  };
}

/** Reads Alertmanager's webhook (version 4), or what one of the JSON templates made. */
export function readAlertJson(text: string): AlertMessage {
  const parsed = message.safeParse(parseJson(text));
  if (!parsed.success) {
    const why = `The message is not the JSON of Alertmanager, or was cut off. ${template}, and group alerts so that one stays below 256 KB.`;
    return { alerts: [], ignored: [], wrong: [why] };
  }
  const nameless = parsed.data.alerts.filter((json) => !named.safeParse(json).success);
  const read = parsed.data.alerts.filter((json) => !nameless.includes(json)).map(readAlert);
  const { truncatedAlerts = 0 } = parsed.data;
  return {
    alerts: read.filter((alert) => typeof alert !== 'string'),
    ignored: [
      ...(nameless.length === 0 ? [] : [`${nameless.length} alerts without an alertname are ignored.`]),
      ...(truncatedAlerts === 0 ? [] : [`${truncatedAlerts} alerts were left out of the message. Raise max_alerts of the receiver.`]),
    ],
    wrong: read.filter((alert) => typeof alert === 'string'),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
