import { describe, expect, it } from 'vitest';
import { createSieve } from './run-cdk.ts';

const event = (at: number, status: string, type: string) =>
  `sluice-test-abc234 | ${String(at).padStart(3)}/139 | 2:48:02 PM | ${status} | ${type} | X`;

describe('what is told of what cdk says', () => {
  it('is what failed, what is of the whole stack, what is no resource, and a sign of life', () => {
    const lines = [
      'sluice-test-abc234: deploying... [1/1]',
      '',
      event(0, 'CREATE_IN_PROGRESS', 'AWS::CloudFormation::Stack'),
      ...Array.from({ length: 60 }, (_, at) => event(at, 'CREATE_COMPLETE', 'AWS::IAM::Role')),
      event(61, 'CREATE_FAILED', 'AWS::EKS::AccessEntry'),
      'sluice-test-abc234 |   7 | 2:48:02 PM | DELETE_COMPLETE | AWS::Logs::LogGroup | X',
    ];
    const told = lines.filter(createSieve());
    expect(told).toEqual([lines[0], lines[2], lines[26], lines[51], lines[63]]);
  });
});
