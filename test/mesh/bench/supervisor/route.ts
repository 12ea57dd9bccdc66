import { NotFoundError } from '../../../../core/errors.ts';
import { run } from '../../../localstack/engine/run.ts';
import { cidrOfRange } from './range.ts';

/**
 * Has this machine answer for the range. Nothing leaves it, and no interface changes.
 *
 * @throws NotFoundError where this user may not.
 */
export async function addRoute(range: number): Promise<void> {
  const args = ['route', 'replace', 'local', cidrOfRange(range), 'dev', 'lo'];
  const { code, output } = await run('ip', args);
  if (code === 0 || (await hasRoute(range))) return;
  throw new NotFoundError(
    `The addresses of the bench's pods could not be had: ip ${args.join(' ')} ended with ${code}, ${output.trim()}.`,
    {
      remedy:
        'Run as root, or in a network namespace of your own: unshare --user --map-root-user --net sh -c "ip link set lo up; npm run …".',
    },
  );
}

export async function removeRoute(range: number): Promise<void> {
  await run('ip', ['route', 'del', 'local', cidrOfRange(range), 'dev', 'lo']);
}

async function hasRoute(range: number): Promise<boolean> {
  const { output } = await run('ip', ['route', 'show', 'table', 'local']);
  return output.includes(`local ${cidrOfRange(range)} `);
}
