import type { Service } from './call.ts';

/**
 * How long an answer takes, in milliseconds: assumed after AWS's own descriptions and the other benches, not measured on AWS. The Kubernetes
 * API takes 5 to 10 ms on the mesh bench. What waits for a quota comes on top.
 */
export const latencyMs: Readonly<Record<Service, number>> = {
  GetItem: 5,
  Query: 10,
  WriteItems: 12,
  StartExecution: 40,
  DescribeExecution: 30,
  DescribeAlarms: 60,
  GetMetricData: 100,
  ListMetrics: 60,
  PutEvents: 25,
  Kubernetes: 10,
  Prometheus: 30,
  DescribeImages: 40,
};

/** From a state that is entered to the function's first line, warm; and from a state's end to the next one's beginning. */
export const invokeMs = 30;
export const transitionMs = 10;
