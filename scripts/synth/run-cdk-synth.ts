import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CdkSynth {
  readonly ok: boolean;
  /** What the CDK said, both streams: nothing where all went well. */
  readonly output: string;
}

/**
 * Runs `cdk synth` as a user would, by the version that the house pins. What would make it ask a network is taken away: credentials and
 * profiles (it asks whose they are), the look for a newer version, telemetry.
 */
export function runCdkSynth(props: {
  readonly root: string;
  readonly folder: string;
  readonly context: readonly string[];
}): Promise<CdkSynth> {
  const { root, folder, context } = props;
  const options = ['--quiet', '--no-color', '--no-notices', '--output', folder, ...context.flatMap((pair) => ['--context', pair])];
  const offline = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CDK_DISABLE_VERSION_CHECK: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !name.startsWith('CDK_'));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/aws-cdk/bin/cdk'), 'synth', ...options], {
      cwd: root,
      env: { ...Object.fromEntries(own), ...offline },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
