import { expect, it } from 'vitest';
import { awsEndpoint } from '../../../adapters/aws/endpoint.ts';

const stepFunctions = { name: 'states', id: 'SFN' };
const local = { AWS_ENDPOINT_URL: 'http://localhost:4566' };

it.each([
  ['eu-west-1', {}, 'https://states.eu-west-1.amazonaws.com'],
  ['us-gov-west-1', {}, 'https://states.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', {}, 'https://states.cn-north-1.amazonaws.com.cn'],
  ['eu-west-1', local, 'http://localhost:4566'],
  ['eu-west-1', { ...local, AWS_ENDPOINT_URL_SFN: 'http://sfn:1' }, 'http://sfn:1'],
  ['eu-west-1', { ...local, AWS_ENDPOINT_URL_DYNAMODB: 'http://dynamodb:1' }, 'http://localhost:4566'],
  ['eu-west-1', { AWS_ENDPOINT_URL: '' }, 'https://states.eu-west-1.amazonaws.com'],
  ['eu-west-1', { ...local, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'https://states.eu-west-1.amazonaws.com'],
])('the endpoint of Step Functions in %s with %j is %s', (region, environment, expected) => {
  expect(awsEndpoint(stepFunctions, region, environment)).toBe(expected);
});
