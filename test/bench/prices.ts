/** 365.25 days in twelve parts. */
export const hoursPerMonth = 730.5;
export const minutesPerMonth = hoursPerMonth * 60;

/**
 * AWS's list prices in us-east-1 in US dollars, without free tiers, savings plans and taxes, as they stood on 2026-11-21. They change:
 * check them on the pages that are named before relying on a sum.
 */
export const listPrices = {
  readOn: '2026-11-21',
  region: 'us-east-1',
  prices: {
    stateTransition: price(0.025, 1_000, 'Step Functions, standard, state transition', 'https://aws.amazon.com/step-functions/pricing/'),
    lambdaGigabyteSecond: price(0.0000133334, 1, 'Lambda, arm64, GB-second', 'https://aws.amazon.com/lambda/pricing/'),
    lambdaRequest: price(0.2, 1_000_000, 'Lambda, request', 'https://aws.amazon.com/lambda/pricing/'),
    dynamoDbReadUnit: price(0.125, 1_000_000, 'DynamoDB, on demand, read unit', 'https://aws.amazon.com/dynamodb/pricing/on-demand/'),
    dynamoDbWriteUnit: price(0.625, 1_000_000, 'DynamoDB, on demand, write unit', 'https://aws.amazon.com/dynamodb/pricing/on-demand/'),
    customEvent: price(1, 1_000_000, 'EventBridge, custom event', 'https://aws.amazon.com/eventbridge/pricing/'),
    scheduledCall: price(1, 1_000_000, 'EventBridge Scheduler, invocation', 'https://aws.amazon.com/eventbridge/pricing/'),
    logGigabyte: price(0.5, 1, 'CloudWatch Logs, GB taken in', 'https://aws.amazon.com/cloudwatch/pricing/'),
    metricHour: price(
      0.3,
      hoursPerMonth,
      'CloudWatch, custom metric, hour in which it is sent',
      'https://aws.amazon.com/cloudwatch/pricing/',
    ),
    cloudWatchRequest: price(0.01, 1_000, 'CloudWatch, request (DescribeAlarms)', 'https://aws.amazon.com/cloudwatch/pricing/'),
    alarmMetric: price(0.1, 1, 'CloudWatch, metric that an alarm refers to, month', 'https://aws.amazon.com/cloudwatch/pricing/'),
    dashboard: price(3, 1, 'CloudWatch, dashboard, month', 'https://aws.amazon.com/cloudwatch/pricing/'),
    trace: price(5, 1_000_000, 'X-Ray, trace recorded', 'https://aws.amazon.com/xray/pricing/'),
    secret: price(0.4, 1, 'Secrets Manager, secret, month', 'https://aws.amazon.com/secrets-manager/pricing/'),
    kmsKey: price(1, 1, 'KMS, key of your own, month', 'https://aws.amazon.com/kms/pricing/'),
    kmsRequest: price(0.03, 10_000, 'KMS, request', 'https://aws.amazon.com/kms/pricing/'),
    notification: price(2, 100_000, 'SNS, e-mail', 'https://aws.amazon.com/sns/pricing/'),
    queueRequest: price(0.4, 1_000_000, 'SQS, request', 'https://aws.amazon.com/sqs/pricing/'),
    endpointHour: price(0.01, 1, 'VPC, interface endpoint in one zone, hour', 'https://aws.amazon.com/privatelink/pricing/'),
  },
} as const;

export type PricedPart = keyof typeof listPrices.prices;

export interface Price {
  /** Dollars for one. */
  readonly each: number;
  readonly what: string;
  readonly source: string;
}

function price(dollars: number, per: number, what: string, source: string): Price {
  return { each: dollars / per, what, source };
}
