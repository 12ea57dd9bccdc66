import type { Door } from './function.ts';

const hour = 3600;

/** What events, alarms, topics, CloudFormation and the web invoke, by name. */
export const doors: Readonly<Record<string, Door>> = {
  Abort: { asyncCalls: { retryAttempts: 2, maxAgeSeconds: hour } },
  /** The next run comes within a minute and does what this one could not. */
  Sweep: { asyncCalls: { retryAttempts: 0, maxAgeSeconds: 60 } },
  ReceiveAlerts: { asyncCalls: { retryAttempts: 2, maxAgeSeconds: hour } },
  /** Thrown is only that CloudFormation could not be answered, which waits five minutes for it. */
  DeploySpec: { asyncCalls: { retryAttempts: 2, maxAgeSeconds: 300 } },
  GuardRemoval: { asyncCalls: { retryAttempts: 2, maxAgeSeconds: 300 } },
  /** The caller waits for its answer. */
  ReceiveWebhook: { asyncCalls: undefined },
};
