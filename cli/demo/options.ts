import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../../core/spec/typo-hint.ts';

export interface DemoOptions {
  readonly list: boolean;
  /** By name, in the order in which they are played. */
  readonly scenarios: readonly string[];
  readonly speed: number;
  readonly json?: string;
  readonly plain: boolean;
}

/** Either what to do, or what to write instead of doing it. */
export type ReadOptions =
  | { readonly outcome: 'run'; readonly options: DemoOptions }
  | { readonly outcome: 'help' | 'misused'; readonly text: string };

const highestSpeed = 100;

/**
 * Reads the command's arguments. What cannot be understood is said with what was found and what was expected.
 *
 * @param names All scenarios.
 * @param usual What is played where none is named.
 */
export function readOptions(args: readonly string[], names: readonly string[], usual: readonly string[]): ReadOptions {
  let text = '';
  const command = new Command('npm run demo --')
    .description('Plays rollouts on the sandbox, live: a healthy image is promoted, then a bad one is undone by an alarm.')
    .addOption(new Option('--list', 'list the scenarios'))
    .addOption(
      new Option('--scenario <name>', 'play this scenario; may be given several times').argParser((name: string, before?: string[]) => [
        ...(before ?? []),
        knownScenario(name, names),
      ]),
    )
    .addOption(new Option('--speed <factor>', 'so many times faster than real time').argParser(speedOf).default(1))
    .addOption(new Option('--json <file>', 'write what was seen to a file'))
    .addOption(new Option('--plain', 'no colours and no cursor movement: one line for each change'))
    .allowExcessArguments(false)
    .helpOption('-h, --help', 'show this')
    .configureOutput({
      writeOut: (written) => {
        text += written;
      },
      writeErr: (written) => {
        text += written;
      },
    })
    .showHelpAfterError('See npm run demo -- --help.')
    .exitOverride();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { outcome: error.exitCode === 0 ? 'help' : 'misused', text };
  }
  const read = command.opts<{ list?: true; scenario?: string[]; speed: number; json?: string; plain?: true }>();
  return {
    outcome: 'run',
    options: {
      list: read.list ?? false,
      scenarios: read.scenario ?? usual,
      speed: read.speed,
      plain: read.plain ?? false,
      ...(read.json === undefined ? {} : { json: read.json }),
    },
  };
}

function knownScenario(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const hint = didYouMean(name, names) ?? 'see --list.';
  throw new InvalidArgumentError(`There is no scenario of that name; ${hint}`);
}

function speedOf(text: string): number {
  const speed = Number(text);
  if (text.trim() !== '' && speed >= 0.1 && speed <= highestSpeed) return speed;
  throw new InvalidArgumentError(`A number from 0.1 to ${highestSpeed} is expected.`);
}
