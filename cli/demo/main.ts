import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SandboxClock } from '../../sandbox/clock.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type DemoOptions, readOptions } from './options.ts';
import { wantsColour } from './paint.ts';
import { play } from './play.ts';
import { reportOf, type ScenarioReport } from './report.ts';
import { liveScreen, type Output, plainScreen, type Screen } from './screen.ts';
import type { Theatre } from './theatre.ts';

/** What the demo has of its surroundings. */
export interface DemoWorld {
  readonly output: Output;
  readonly errors: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A new clock for each scenario. */
  readonly clock: (speed: number) => SandboxClock;
  /** Told how to close what runs, for when the user has seen enough. */
  readonly onInterrupt: (close: () => Promise<void>) => void;
}

/**
 * The whole of `npm run demo`. Returns the exit code: 0 where every outcome was as its scenario states, 1 where one was not, 2 where
 * the arguments make no sense.
 */
export async function demo(args: readonly string[], theatre: Theatre, world: DemoWorld): Promise<number> {
  const names = theatre.scenarios.map(({ name }) => name);
  const read = readOptions(args, names, theatre.usual);
  if (read.outcome !== 'run') {
    (read.outcome === 'help' ? world.output : world.errors).write(read.text);
    return read.outcome === 'help' ? 0 : 2;
  }
  const { options } = read;
  if (options.list) return list(theatre, world.output);
  const unfit = options.json === undefined ? undefined : await whyNotWritable(options.json);
  if (unfit !== undefined) {
    world.errors.write(`error: --json ${options.json}: ${unfit}.\n`);
    return 2;
  }
  const reports = await playAll(options, theatre, world);
  const report = reportOf(options.speed, reports);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  return sumUp(reports, world);
}

async function playAll(options: DemoOptions, theatre: Theatre, world: DemoWorld): Promise<ScenarioReport[]> {
  const screen = screenOf(options, world);
  let running: Sandbox | undefined;
  world.onInterrupt(async () => {
    screen.close();
    world.errors.write('Stopped.\n');
    await running?.close();
  });
  const chosen = options.scenarios.flatMap((name) => theatre.scenarios.filter((scenario) => scenario.name === name));
  const reports: ScenarioReport[] = [];
  try {
    for (const [index, scenario] of chosen.entries()) {
      const onSandbox = (sandbox: Sandbox) => {
        running = sandbox;
      };
      const place = { number: index + 1, of: chosen.length };
      const { speed } = options;
      reports.push(await play({ theatre, scenario, place, clock: world.clock(speed), speed, screen, onSandbox }));
    }
  } finally {
    screen.close();
  }
  return reports;
}

/** Without a terminal, or where a build server runs it, a line for each change is all that can be read later. */
function screenOf({ plain }: DemoOptions, { output, env }: DemoWorld): Screen {
  const isTerminal = output.isTTY === true;
  const colour = !plain && wantsColour(env, isTerminal);
  const isLive = isTerminal && !plain && (env['CI'] ?? '') === '' && env['TERM'] !== 'dumb';
  return isLive ? liveScreen(output, colour) : plainScreen(output, colour);
}

function list({ scenarios }: Theatre, output: Output): number {
  const cells = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, title, promises } of scenarios) output.write(`${name.padEnd(cells)}  ${title} (${promises.join(', ')})\n`);
  return 0;
}

function sumUp(reports: readonly ScenarioReport[], { errors }: DemoWorld): number {
  const wrong = reports.filter(({ differences }) => differences.length > 0);
  for (const { scenario, differences } of wrong) {
    errors.write(`${scenario} did not end as it states:\n${differences.map((difference) => `  ${difference}\n`).join('')}`);
  }
  return wrong.length === 0 ? 0 : 1;
}

/** Asked before anything is played, so that nobody waits for a report that cannot be kept. */
async function whyNotWritable(file: string): Promise<string | undefined> {
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory() === true) return 'it is a folder';
  if (await isWritable(there === undefined ? dirname(file) : file)) return undefined;
  return there === undefined ? 'the folder does not exist or cannot be written to' : 'it cannot be written to';
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
