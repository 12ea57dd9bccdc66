import { parseArgs } from 'node:util';

export const usage = `npm run bench -- [options]

  --only NAME     measure one figure only; may be given several times
  --json FILE     write every sample to a file, as JSON
  --samples N     how often each latency is measured (30)
  --help          this text

It measures and prints; a target that is missed does not make it fail. It ends with 1 where something could not be measured.`;

export interface BenchOptions {
  readonly only: readonly string[];
  readonly jsonFile: string | undefined;
  readonly samples: number;
  readonly help: boolean;
}

/** What was typed, or what is wrong with it. `names` are the figures that there are. */
export function readOptions(args: readonly string[], names: readonly string[]): BenchOptions | { readonly wrong: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args);
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  const { only = [], json, samples = '30', help = false } = values;
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) return { wrong: `There is no figure ${unknown}; there are: ${names.join(', ')}.` };
  if (!/^[1-9]\d{0,3}$/.test(samples)) return { wrong: `--samples takes a number from 1 to 9999, not ${samples}.` };
  return { only, jsonFile: json, samples: Number(samples), help };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
      samples: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  }).values;
}
