/** A token bucket as AWS describes it: so many at once, and so many more each second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** What an account may do in one region. Each figure is a default of AWS, which an account may have had raised. */
export interface Quotas {
  readonly region: string;
  readonly startExecution: Rate;
  readonly describeExecution: Rate;
  /** All states entered, of all machines. Beyond it executions are delayed, not refused. */
  readonly stateTransition: Rate;
  readonly describeAlarms: Rate;
  readonly getMetricData: Rate;
  readonly listMetrics: Rate;
  readonly putEvents: Rate;
  /** Of one partition key; a write in a transaction counts twice. */
  readonly partitionReadUnits: Rate;
  readonly partitionWriteUnits: Rate;
  readonly lambdaConcurrency: number;
}

/**
 * Where the figures stand. Those of CloudWatch, DynamoDB and Lambda were read there on 2026-11-22; of Step Functions and EventBridge only that
 * they differ by region in this way: check the numbers there before relying on a row that one of them forces.
 */
export const quotaSources = {
  stepFunctions: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
  cloudWatch: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html',
  eventBridge: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html',
  dynamoDb: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
  lambda: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
} as const;

function evenRate(perSecond: number): Rate {
  return { burst: perSecond, perSecond };
}

/** The same in every region. CloudWatch's and DynamoDB's pages give a rate and no burst: a second's worth is taken for one. */
const everywhere = {
  describeAlarms: evenRate(9),
  getMetricData: evenRate(50),
  listMetrics: evenRate(25),
  partitionReadUnits: evenRate(3_000),
  partitionWriteUnits: evenRate(1_000),
  lambdaConcurrency: 1_000,
} as const;

/** us-east-1, us-west-2 and eu-west-1 have the large quotas of Step Functions and EventBridge. */
export const largeRegion: Quotas = {
  ...everywhere,
  region: 'us-east-1',
  startExecution: { burst: 1_300, perSecond: 300 },
  describeExecution: { burst: 300, perSecond: 15 },
  stateTransition: evenRate(5_000),
  putEvents: evenRate(10_000),
};

/** A region with the least of both: PutEvents is between 400 and 2,400 a second outside of the large ones. */
export const smallRegion: Quotas = {
  ...everywhere,
  region: 'a small region',
  startExecution: { burst: 800, perSecond: 150 },
  describeExecution: { burst: 250, perSecond: 10 },
  stateTransition: evenRate(800),
  putEvents: evenRate(400),
};

/** What one DescribeAlarms asks for. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
export const alarmsPerCall = 100;

/** What one page of a Query holds. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html */
export const bytesPerPage = 1024 * 1024;
