import { CommanderError } from 'commander';
import type { Account, OpenAccount } from './account.ts';
import { namesOf, type RunNames } from './names.ts';
import { type AwsTestOptions, parseOptions } from './options.ts';
import { formatPlan } from './plan.ts';
import { formatChecks, holds, runChecks } from './preflight.ts';
import { formatLeft, Remains } from './remains.ts';
import { countsOf, formatReport, type Report } from './report.ts';
import { notPlayed, playAll, sentenceOf, stories } from './stories/play.ts';

/** What the program has of the world around it; a test gives its own. */
export interface AwsTestIo {
  out(text: string): void;
  err(text: string): void;
  /** Whether somebody sits at it who can be asked. */
  readonly terminal: boolean;
  ask(question: string): Promise<string>;
  /** The first Ctrl-C, and the second one. */
  readonly interrupted: AbortSignal;
  readonly hurry: AbortSignal;
  newId(): string;
}

export const exitCodes = { fine: 0, failed: 1, usage: 2, missing: 3, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One run of `npm run test:aws`. Throws nothing. */
export async function run(argv: readonly string[], io: AwsTestIo, openAccount: OpenAccount): Promise<ExitCode> {
  let options: AwsTestOptions;
  try {
    options = parseOptions(argv, io);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    throw error;
  }
  const say = (text: string) => (options.json ? io.err : io.out)(`${text}\n`);
  if (!options.yes && !io.terminal) {
    say('There is nobody to ask here. Give --yes where it may be done without asking; nothing was made.');
    return exitCodes.usage;
  }
  const names = namesOf(options.namespacePrefix, io.newId());
  const { interrupted, hurry } = io;
  const opened = await openAccount({ options, names, tell: say, interrupted, hurry }).catch((error: unknown) => sentenceOf(error));
  if (typeof opened === 'string') {
    say(opened);
    return exitCodes.missing;
  }
  const checked = await runChecks(opened.checks);
  say(`${formatChecks(checked)}\n`);
  if (!holds(checked)) {
    say('Something is missing; nothing was made.');
    return exitCodes.missing;
  }
  say(`${formatPlan(options, names)}\n`);
  if (!options.yes && !/^y(es)?$/i.test((await io.ask('Go on? [y/N] ')).trim())) {
    say('Nothing was made.');
    return exitCodes.fine;
  }
  return perform(options, names, io, opened, say);
}

async function perform(
  options: AwsTestOptions,
  names: RunNames,
  io: AwsTestIo,
  account: Account,
  say: (line: string) => void,
): Promise<ExitCode> {
  const { interrupted, hurry } = io;
  const remains = new Remains();
  const work = (async (): Promise<Pick<Report, 'stories' | 'problem'>> => {
    const played = await makeAndPlay(names, account, remains, interrupted, say);
    if (!options.keep && remains.left.length > 0) {
      say(`Removing what was made. Ctrl-C ${interrupted.aborted ? 'once more' : 'twice'} ends at once, and says what is left.`);
      await remains.removeAll(say, hurry);
    }
    return played;
  })();
  const finished = await Promise.race([work, aborted(hurry)]);
  if (finished === undefined) {
    say(`Ended at once. Left to be removed by hand, in this order:\n${formatLeft(remains.left)}`);
    return exitCodes.interrupted;
  }
  const report: Report = { prefix: names.prefix, ...finished, left: remains.left };
  const counts = countsOf(report);
  io.out(options.json ? `${JSON.stringify({ ...report, ...counts }, null, 2)}\n` : `\n${formatReport(report)}\n`);
  if (interrupted.aborted) return exitCodes.interrupted;
  const clean = options.keep || report.left.length === 0;
  return counts.failed === 0 && clean ? exitCodes.fine : exitCodes.failed;
}

async function makeAndPlay(
  names: RunNames,
  account: Account,
  remains: Remains,
  interrupted: AbortSignal,
  say: (line: string) => void,
): Promise<Pick<Report, 'stories' | 'problem'>> {
  try {
    const means = await account.make(remains);
    return { stories: await playAll({ means, names, tell: say, interrupted }) };
  } catch (error) {
    const problem = interrupted.aborted ? 'Interrupted before the stories began.' : sentenceOf(error);
    say(problem);
    return { stories: stories.map(notPlayed), problem };
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
