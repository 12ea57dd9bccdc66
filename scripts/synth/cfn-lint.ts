import { execFile } from 'node:child_process';
import * as z from 'zod/mini';
import { type CfnLint, cfnLintVersion, findCfnLint } from './find-cfn-lint.ts';

const answer = z.array(
  z.object({
    Level: z.string(),
    Message: z.string(),
    Filename: z.string(),
    Rule: z.looseObject({ Id: z.string() }),
    Location: z.looseObject({ Start: z.object({ LineNumber: z.number() }) }),
  }),
);

export interface CfnLintFinding {
  readonly rule: string;
  readonly level: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
}

export type CfnLintResult =
  | { readonly status: 'holds'; readonly version: string }
  | { readonly status: 'findings'; readonly version: string; readonly findings: readonly CfnLintFinding[] }
  | { readonly status: 'notRun'; readonly why: string };

/** Checks templates against CloudFormation's own schemas and cfn-lint's rules; the state machines in them, too. Warnings count. */
export async function checkWithCfnLint(templates: readonly string[], say: (line: string) => void): Promise<CfnLintResult> {
  const cfnLint = await findCfnLint(say);
  if ('why' in cfnLint) {
    return { status: 'notRun', why: `${cfnLint.why} \`pip install cfn-lint==${cfnLintVersion}\` brings it, with Python 3.10 or newer.` };
  }
  const findings = answer.parse(JSON.parse(await run(cfnLint, ['--format', 'json', '--template', ...templates])));
  if (findings.length === 0) return { status: 'holds', version: cfnLintVersion };
  return {
    status: 'findings',
    version: cfnLintVersion,
    findings: findings.map(({ Rule, Level, Message, Filename, Location }) => ({
      rule: Rule.Id,
      level: Level,
      message: Message,
      file: Filename,
      line: Location.Start.LineNumber,
    })),
  };
}

/** It ends with another code than 0 where it found something, which is what is asked for here. */
function run([command, ...before]: CfnLint, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...before, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(`cfn-lint gave no answer. ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}
