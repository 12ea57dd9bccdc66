import { Buffer } from 'node:buffer';
import { readAlertJson } from '../core/spec/alert-message.ts';
import { type FunctionUrlEvent, functionUrlEvent } from '../core/spec/door-events.ts';
import { abortForAlerts } from '../runtime/acts/abort-for-alerts.ts';
import { bearerToken, isOneOf } from '../runtime/acts/bearer-token.ts';
import { defineFunction } from '../runtime/define-function.ts';
import { provideClock } from '../runtime/providers/clock.ts';
import { provideClusters } from '../runtime/providers/clusters.ts';
import { provideExecutions } from '../runtime/providers/executions.ts';
import { provideLog } from '../runtime/providers/log.ts';
import { provideStore } from '../runtime/providers/store.ts';
import { provideWebhookSecret } from '../runtime/providers/webhook-secret.ts';

/** Of a body as it was sent, as much as an SNS message may have. Alertmanager's for a hundred alerts has 100 KB. */
const mostBytes = 256 * 1024;

interface Answer {
  readonly statusCode: 202 | 400 | 401;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Whoever asks without the secret learns nothing from the answer; the log tells the rest. */
const answer = (statusCode: Answer['statusCode'], word: string): Answer => ({
  statusCode,
  headers: { 'content-type': 'text/plain', ...(statusCode === 401 ? { 'www-authenticate': 'Bearer' } : {}) },
  body: word,
});

/**
 * The opt-in door for Alertmanager without SNS: its webhook, on a function URL that the internet can reach, so that a secret in the
 * header Authorization says who calls. What fails on the way, such as a store that does not answer, is thrown: the URL then answers 502,
 * and Alertmanager sends it again.
 */
export const receiveWebhook = defineFunction({
  name: 'ReceiveWebhook',
  input: functionUrlEvent,
  uses: { ...provideClock, ...provideStore, ...provideClusters, ...provideExecutions, ...provideWebhookSecret, ...provideLog },
  run: async (request, deps): Promise<Answer> => {
    const token = bearerToken(request.headers['authorization']);
    const knows =
      token !== undefined && (isOneOf(token, await deps.webhookSecret.read()) || isOneOf(token, await deps.webhookSecret.read(true)));
    if (!knows) {
      deps.log.warn('The webhook was called without its secret.');
      return answer(401, 'Unauthorized');
    }
    const body = bodyOf(request);
    const told = body === undefined ? undefined : readAlertJson(body);
    for (const why of [...(told?.ignored ?? []), ...(told?.wrong ?? [])]) deps.log.warn(why);
    if (told === undefined) deps.log.warn(`The webhook was called with no POST, no body, or one above ${mostBytes} bytes.`);
    const handled = await abortForAlerts(deps, told?.alerts ?? [], deps.clock.now());
    deps.log.info('alerts received', { outcome: handled.outcome, aborted: handled.aborted.join(', ') });
    return told === undefined || told.wrong.length > 0 ? answer(400, 'Bad Request') : answer(202, 'Accepted');
  },
});

function bodyOf({ requestContext, body = '', isBase64Encoded }: FunctionUrlEvent): string | undefined {
  if (requestContext.http.method !== 'POST' || body === '') return undefined;
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  return bytes.length > mostBytes ? undefined : bytes.toString('utf8');
}

export const handler = receiveWebhook.handler;
