import type { CfnLintResult } from './cfn-lint.ts';
import type { Assembly, StackMade } from './read-assembly.ts';
import type { CdkSynth } from './run-cdk-synth.ts';

/** What a person reads: the stacks, then what each of the checks says. */
export function formatReport(made: { readonly synth: CdkSynth; readonly assembly: Assembly; readonly cfnLint: CfnLintResult }): string {
  const { synth, assembly, cfnLint } = made;
  const findings = assembly.findings.flatMap(({ by, rule, description, constructs }) => [
    `  ${by} ${rule}: ${description}`,
    ...constructs.map((path) => `    ${path}`),
  ]);
  return [
    ...(synth.ok || findings.length === 0 ? nonEmpty(synth.output) : []),
    ...assembly.stacks.flatMap(formatStack),
    ...(synth.ok || findings.length > 0
      ? [`cdk-nag (AwsSolutions) and the CDK's own checks: ${findings.length === 0 ? 'hold' : 'findings'}`, ...findings]
      : ['cdk synth failed.']),
    ...formatCfnLint(cfnLint),
  ].join('\n');
}

function formatStack({ name, environment, kilobytes, resources }: StackMade): string[] {
  const total = resources.reduce((sum, { count }) => sum + count, 0);
  const where = environment.includes('unknown') ? 'for any account and region' : environment;
  return [
    `${name}, ${where}: ${total} resources of the 500 that a stack may have, a template of ${kilobytes.toFixed(0)} KB`,
    ...resources.map(({ type, count }) => `  ${String(count).padStart(4)} ${type}`),
  ];
}

function formatCfnLint(result: CfnLintResult): string[] {
  switch (result.status) {
    case 'holds':
      return [`cfn-lint ${result.version}: holds`];
    case 'notRun':
      return [`cfn-lint was not run. ${result.why}`];
    case 'findings':
      return [
        `cfn-lint ${result.version}: findings`,
        ...result.findings.map(({ rule, level, message, file, line }) => `  ${level} ${rule} ${file}:${line}: ${message}`),
      ];
  }
}

function nonEmpty(text: string): string[] {
  return text === '' ? [] : [text];
}
