import { systemClock } from '../../adapters/clock.ts';
import { createSecretSource } from '../../adapters/secrets/secrets-manager.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { awsJsonApi } from './aws-json-api.ts';

export const provideWebhookSecret: Providers<'webhookSecret'> = {
  webhookSecret: () =>
    createSecretSource({
      call: awsJsonApi({ name: 'secretsmanager', id: 'SECRETS_MANAGER' }, 'secretsmanager', { jsonVersion: '1.1' }),
      secretArn: readVariable('webhookSecret'),
      clock: systemClock,
    }),
};
