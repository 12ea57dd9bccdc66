import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** Made by Secrets Manager and seen by nobody: whoever sends alerts reads it there. Letters and digits fit into any header. */
export function webhookSecret(
  scope: Construct,
  { secretName, key }: { readonly secretName: string; readonly key: IKey | undefined },
): Secret {
  return new Secret(scope, 'WebhookSecret', {
    secretName,
    description: 'What a sender of alerts must know to be heard by the webhook.',
    generateSecretString: { passwordLength: 48, excludePunctuation: true },
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
}
