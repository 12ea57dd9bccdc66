import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Part, parts } from './run.ts';
import { type Noise, noises } from './world.ts';

export const usage = `npm run bench:judge -- [options]

Simulated rollouts, judged by Sluice and by the rules that Flagger, Argo Rollouts and Kayenta publish: false aborts, misses, and what each costs.

  --runs <n>          rollouts for each cell (1000)
  --seed <n>          (20261122)
  --rps <a,b>         requests per second (1,10,100,1000,10000)
  --usual <a,b>       usual shares of bad answers (0,0.001,0.01,0.05)
  --noise <a,b>       ${noises.join(', ')} (all)
  --parts <a,b>       ${parts.join(', ')} (all)
  --workers <n>       processes side by side (as many as there are cores)
  --json <file>       all figures
  --from <file>       print the tables of such a file, and measure nothing
  --docs              write the tables of docs/judge.md, and its pictures, by this run or that file
  --help`;

export interface JudgeOptions {
  readonly runs: number;
  readonly seed: number;
  readonly rps: readonly number[];
  readonly usual: readonly number[];
  readonly noise: readonly Noise[];
  readonly parts: readonly Part[];
  readonly workers: number;
  readonly jsonFile: string | undefined;
  readonly fromFile: string | undefined;
  readonly docs: boolean;
  readonly help: boolean;
}

export function readJudgeOptions(args: readonly string[]): JudgeOptions | { readonly wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        runs: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '20261122' },
        rps: { type: 'string', default: '1,10,100,1000,10000' },
        usual: { type: 'string', default: '0,0.001,0.01,0.05' },
        noise: { type: 'string', default: noises.join(',') },
        parts: { type: 'string', default: parts.join(',') },
        workers: { type: 'string', default: String(availableParallelism()) },
        json: { type: 'string' },
        from: { type: 'string' },
        docs: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return {
      runs: readNumber('runs', values.runs, 1),
      seed: readNumber('seed', values.seed, 0),
      rps: values.rps.split(',').map((text) => readNumber('rps', text, 0.01)),
      usual: values.usual.split(',').map((text) => readNumber('usual', text, 0)),
      noise: readNames('noise', values.noise, noises),
      parts: readNames('part', values.parts, parts),
      workers: readNumber('workers', values.workers, 1),
      jsonFile: values.json,
      fromFile: values.from,
      docs: values.docs,
      help: values.help,
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

/** Those that were named, in their usual order. */
function readNames<Name extends string>(what: string, text: string, known: readonly Name[]): Name[] {
  const chosen = text.split(',');
  const unknown = chosen.find((each) => !known.some((name) => name === each));
  if (unknown !== undefined) throw new RangeError(`There is no ${what} ${unknown}; there are ${known.join(', ')}.`);
  return known.filter((name) => chosen.includes(name));
}

function readNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least) throw new RangeError(`--${name} ${text}: a number from ${least} on.`);
  return value;
}
