import { describe, expect, it } from 'vitest';
import type { CfnLintResult } from '../../../scripts/synth/cfn-lint.ts';
import { formatReport } from '../../../scripts/synth/format-report.ts';
import type { Assembly } from '../../../scripts/synth/read-assembly.ts';

const stack = {
  name: 'sluice',
  environment: 'aws://unknown-account/unknown-region',
  templateFile: 'cdk.out/sluice.template.json',
  kilobytes: 200.4,
  resources: [
    { type: 'AWS::IAM::Role', count: 20 },
    { type: 'AWS::SQS::Queue', count: 1 },
  ],
};
const clean: Assembly = { stacks: [stack], findings: [] };
const finding = { by: 'AwsSolutions', rule: 'AwsSolutions-SNS3', description: 'No TLS.', constructs: ['sluice/Topic'] };
const holds: CfnLintResult = { status: 'holds', version: '1.2.3' };

describe('the report of a synthesis', () => {
  it('tells the stacks, what is in them, and that the checks hold', () => {
    expect(formatReport({ synth: { ok: true, output: '' }, assembly: clean, cfnLint: holds }).split('\n')).toEqual([
      'sluice, for any account and region: 21 resources of the 500 that a stack may have, a template of 200 KB',
      '    20 AWS::IAM::Role',
      '     1 AWS::SQS::Queue',
      "cdk-nag (AwsSolutions) and the CDK's own checks: hold",
      'cfn-lint 1.2.3: holds',
    ]);
  });

  it('tells a finding of cdk-nag and where it is, once', () => {
    const failed = { synth: { ok: false, output: 'the same, longer' }, assembly: { stacks: [stack], findings: [finding] }, cfnLint: holds };
    const report = formatReport(failed);
    expect(report).toContain('  AwsSolutions AwsSolutions-SNS3: No TLS.\n    sluice/Topic');
    expect(report).not.toContain('the same, longer');
  });

  it('passes on what the CDK said where it made no template', () => {
    const failed = { synth: { ok: false, output: 'prefix: found "A"' }, assembly: { stacks: [], findings: [] }, cfnLint: holds };
    expect(formatReport(failed)).toMatch(/^prefix: found "A"\ncdk synth failed\./);
  });

  it('tells what cfn-lint found, by file and line', () => {
    const findings = [{ rule: 'E1', level: 'Error', message: 'Wrong.', file: 'a.json', line: 7 }];
    const cfnLint: CfnLintResult = { status: 'findings', version: '1.2.3', findings };
    expect(formatReport({ synth: { ok: true, output: '' }, assembly: clean, cfnLint })).toContain('  Error E1 a.json:7: Wrong.');
  });

  it('says plainly that cfn-lint was not run, and why', () => {
    const cfnLint: CfnLintResult = { status: 'notRun', why: 'There is none.' };
    expect(formatReport({ synth: { ok: true, output: '' }, assembly: clean, cfnLint })).toContain('cfn-lint was not run. There is none.');
  });
});
