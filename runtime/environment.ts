import { NotFoundError } from '../core/errors.ts';

/** Every environment variable that functions read, by the name that the stacks set. A rename breaks the compile, not the deploy. */
export const variables = {
  region: 'AWS_REGION',
  /** The prefix of all names, which tells two deployments' metrics apart. */
  deployment: 'SLUICE_DEPLOYMENT',
  table: 'SLUICE_TABLE',
  /** For how many days the table keeps history; 0 for ever. */
  retentionDays: 'SLUICE_RETENTION_DAYS',
  eventBus: 'SLUICE_EVENT_BUS',
  rolloutMachine: 'SLUICE_ROLLOUT_MACHINE',
  rollbackMachine: 'SLUICE_ROLLBACK_MACHINE',
  /** The ARN of the secret that callers of the webhook know. */
  webhookSecret: 'SLUICE_WEBHOOK_SECRET',
} as const;

/** @throws NotFoundError where the deployment did not set it. */
export function readVariable(name: keyof typeof variables, environment: NodeJS.ProcessEnv = process.env): string {
  const value = environment[variables[name]];
  if (value === undefined || value === '') {
    throw new NotFoundError(`The environment variable ${variables[name]} is not set.`, {
      remedy: 'Deploy the controller again with `npx cdk deploy`.',
    });
  }
  return value;
}
