import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CfnLintResult, checkWithCfnLint } from './synth/cfn-lint.ts';
import { formatReport } from './synth/format-report.ts';
import { readAssembly } from './synth/read-assembly.ts';
import { runCdkSynth } from './synth/run-cdk-synth.ts';

const usage = `npm run synth -- [options]

Makes the CloudFormation template in cdk.out, as \`cdk deploy\` would, and checks it with cdk-nag and cfn-lint. It asks no account.

  -c, --context key=value   as for \`cdk deploy\`; may be given several times
  --require-cfn-lint        fails where cfn-lint cannot be had
  --json                    the same as data
  --help                    this text`;

const root = fileURLToPath(new URL('..', import.meta.url));
const notSynthesised: CfnLintResult = { status: 'notRun', why: 'There is no template to check.' };
const options = readOptions();
const folder = join(root, 'cdk.out');

await rm(folder, { recursive: true, force: true });
const synth = await runCdkSynth({ root, folder, context: options.context });
const assembly = await readAssembly(folder);
const cfnLint = synth.ok
  ? await checkWithCfnLint(
      assembly.stacks.map(({ templateFile }) => templateFile),
      console.error,
    )
  : notSynthesised;
const lintHolds = cfnLint.status === 'holds' || (cfnLint.status === 'notRun' && !options.requireCfnLint);
const holds = synth.ok && assembly.findings.length === 0 && lintHolds;
if (options.json) console.log(JSON.stringify({ holds, synthesised: synth.ok, output: synth.output, ...assembly, cfnLint }, null, 2));
else console.log(formatReport({ synth, assembly, cfnLint }));
process.exitCode = holds ? 0 : 1;

function readOptions() {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      options: {
        context: { type: 'string', short: 'c', multiple: true, default: [] },
        'require-cfn-lint': flag,
        json: flag,
        help: flag,
      },
    });
    if (!values.help) return { context: values.context, requireCfnLint: values['require-cfn-lint'], json: values.json };
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}
