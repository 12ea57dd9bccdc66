import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * The store: specs, rollouts and their history. It outlives the stack, because it is the record of who moved what (P2), and because a
 * rollout that runs needs it. What was kept is taken up again by `npx cdk deploy --import-existing-resources`.
 * History that is older than the retention is deleted (docs/decisions/0020-history-expires.md).
 */
export function storeTable(scope: Construct, { tableName, key }: { readonly tableName: string; readonly key: IKey | undefined }): Table {
  return new Table(scope, 'Store', {
    tableName,
    partitionKey: { name: 'partition', type: AttributeType.STRING },
    sortKey: { name: 'sort', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    // The attribute that adapters/store/dynamodb-requests.ts writes on what is history, and on nothing else.
    timeToLiveAttribute: 'expires',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
    ...(key === undefined ? {} : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
  });
}
