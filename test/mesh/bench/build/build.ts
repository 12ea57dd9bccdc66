import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../../adapters/clock.ts';
import type { Environment } from '../../../localstack/engine/environment.ts';
import { withLock } from '../../../localstack/engine/lock.ts';
import { cacheFolder, keyOf } from '../../../localstack/engine/python-environment.ts';
import { collectCrds } from './crds.ts';
import { fetchEnvoy } from './envoy.ts';
import { buildByGo } from './go.ts';
import { goGoals } from './goals.ts';
import { pins } from './pins.ts';
import { provideGo } from './provide-go.ts';
import { requireTools } from './tools.ts';

export interface BuildOptions {
  /** Told what takes time. One sentence each. */
  readonly report?: (line: string) => void;
  /** Where PATH, HOME and XDG_CACHE_HOME are looked up; the process's own where left out. */
  readonly environment?: Environment;
}

/** What the bench is started from. */
export interface BuiltBench {
  /** A folder with the programs `kube-apiserver`, `kube-controller-manager`, `istiod`, `pilot-agent`, `etcd`, `envoy`, `prometheus`. */
  readonly bin: string;
  /** All custom resource definitions, as a JSON array. */
  readonly crds: string;
}

/** What is under way is built from these; any change to them makes another folder. */
const sources = ['../go/', '../crds/'].map((folder) => new URL(folder, import.meta.url).pathname);

/**
 * Makes what the bench is started from, as far as it is not there. It lies in the user's cache (500 MB) under a name made of the pins, is
 * shared by all checkouts, and is built by only one process at a time. Cold it takes some 15 minutes on two cores, and 11 GB in Go's own
 * caches; an interrupted build goes on where it was.
 *
 * @throws NotFoundError where pip or iproute2 are missing; with what to install.
 * @throws AwsUnavailableError where one of them did not end well; with what it said last.
 */
export async function buildBench({ report = () => undefined, environment = process.env }: BuildOptions = {}): Promise<BuiltBench> {
  const folder = join(benchFolder(environment), keyOf(await readPins()));
  const built: BuiltBench = { bin: join(folder, 'bin'), crds: join(folder, 'crds.json') };
  const goals: readonly (readonly [file: string, make: (withGo: Environment) => Promise<void>])[] = [
    ...goGoals.map((goal) => {
      const make = (withGo: Environment) => buildByGo(goal, { bin: built.bin, environment: withGo, report });
      return [join(built.bin, goal.program), make] as const;
    }),
    [join(built.bin, 'envoy'), () => fetchEnvoy(built.bin)],
    [built.crds, (withGo) => collectCrds(built.crds, withGo)],
  ];
  const missing = () => goals.filter(([file]) => !existsSync(file));
  if (missing().length === 0) return built;

  await requireTools();
  const onWait = (pid: number) => report(`Waiting for process ${pid}, which builds the mesh bench.`);
  await withLock(`${folder}.lock`, { clock: systemClock, onWait }, async () => {
    await mkdir(built.bin, { recursive: true });
    const withGo = await provideGo({ folder: benchFolder(environment), environment, report });
    report(`Building the mesh bench into ${folder}: some 15 minutes where Go's caches are empty, once.`);
    for (const [file, make] of missing()) {
      const startedMs = performance.now();
      await make(withGo);
      report(`${file.slice(folder.length + 1)} is there after ${((performance.now() - startedMs) / 1000).toFixed(0)} s.`);
    }
  });
  return built;
}

/** Where builds lie, and what runs keep. */
export function benchFolder(environment: Environment): string {
  return join(cacheFolder(environment), 'mesh-bench');
}

/** Everything that what is built depends on, in an order that does not change. */
async function readPins(): Promise<string[]> {
  const texts = await Promise.all(
    sources.map(async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      return Promise.all(files.toSorted().map(async (file) => `${file.slice(folder.length)}\n${await readFile(file, 'utf8')}`));
    }),
  );
  return [JSON.stringify(pins), ...texts.flat()];
}
