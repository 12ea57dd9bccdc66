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
