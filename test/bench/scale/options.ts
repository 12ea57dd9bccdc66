import { parseArgs } from 'node:util';

export const parts = ['waited', 'default', 'short', 'cloudwatch', 'metrics', 'sweep', 'days'] as const;
export type Part = (typeof parts)[number];

export const usage = `npm run bench:scale -- [options]

  --only PART     one part only; may be given several times
  --real N        how many rollouts are really run at once (100); the others are replayed from their record
  --days N        simulated days of the part days (30)
  --region NAME   the quotas of a large region (us-east-1), or of a small one: large, small (large)
  --lambdas N     how many Lambdas the account may run at once (1000, as it comes)
  --seed N        what the jitter of retries follows from (1)
  --json FILE     write every row to a file, as JSON
  --help          this text

Parts: ${parts.join(', ')}

It measures and prints. It ends with 1 where something could not be measured, not where a row does not hold.`;

export interface ScaleOptions {
  readonly only: readonly Part[];
  readonly real: number;
  readonly days: number;
  readonly region: 'large' | 'small';
  readonly lambdas: number;
  readonly seed: number;
  readonly jsonFile: string | undefined;
  readonly help: boolean;
}

/** What was typed, or what is wrong with it. */
export function readScaleOptions(args: readonly string[]): ScaleOptions | { readonly wrong: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  const { only = [], real = '100', days = '30', region = 'large', lambdas = '1000', seed = '1', json, help = false } = values;
  const known = parts.filter((part) => only.length === 0 || only.includes(part));
  const unknown = only.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) return { wrong: `There is no part ${unknown}; there are: ${parts.join(', ')}.` };
  if (region !== 'large' && region !== 'small') return { wrong: `--region takes large or small, not ${region}.` };
  if (!/^[1-9]\d{0,3}$/.test(real)) return { wrong: `--real takes a number from 1 to 9999, not ${real}.` };
  if (!/^[1-9]\d{0,2}$/.test(days)) return { wrong: `--days takes a number from 1 to 999, not ${days}.` };
  if (!/^[1-9]\d{2,5}$/.test(lambdas)) return { wrong: `--lambdas takes a number from 100 to 999999, not ${lambdas}.` };
  if (!/^\d{1,9}$/.test(seed)) return { wrong: `--seed takes a number, not ${seed}.` };
  return {
    only: known,
    real: Number(real),
    days: Number(days),
    region,
    lambdas: Number(lambdas),
    seed: Number(seed),
    jsonFile: json,
    help,
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      real: { type: 'string' },
      days: { type: 'string' },
      region: { type: 'string' },
      lambdas: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
}
