import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Where every event ends that could not be delivered or handled. Nothing reads it but people, and the alarm that pages them. */
export function deadLetterQueue(
  scope: Construct,
  { queueName, key }: { readonly queueName: string; readonly key: IKey | undefined },
): Queue {
  return new Queue(scope, 'DeadLetters', {
    queueName,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    ...(key === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: key, dataKeyReuse: Duration.hours(1) }),
  });
}
