import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchFolder, buildBench } from './build/build.ts';
import { benchDescription } from './description.ts';
import { startBench } from './start.ts';
import { reapAll, supervisorOf } from './supervisor/claim.ts';

const usage = `node test/mesh/bench/main.ts up|down <number>|build|status [options]

A mesh without containers: etcd, kube-apiserver, kube-controller-manager, istiod, two Envoys and Prometheus as processes of this machine.

  up      starts a bench, builds it before where that is needed, prints where everything is, and keeps it until Ctrl-C
  down    ends the bench with this number, and what is left of it where it was killed; \`all\` ends every bench of this user
  build   builds only
  status  tells which benches run

  --debounce <ms>  up: how long istiod waits for more changes before it tells the proxies (default 100)
  --help           this text`;

const { values, positionals } = parseArgs({
  options: { debounce: { type: 'string', default: '100' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
const runs = join(benchFolder(process.env), 'runs');
const report = (line: string) => console.error(line);

async function up(): Promise<void> {
  const { description, ended, close } = await startBench({ report, debounceMs: Number(values.debounce) });
  const { certificateAuthority: _, adminToken: __, ...shown } = description;
  console.log(JSON.stringify(shown, undefined, 2));
  console.log(`kubectl --kubeconfig ${description.kubeconfig} get pods --all-namespaces`);
  const unwanted = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => unwanted.resolve());
  await Promise.race([unwanted.promise, ended]);
  await close();
}

async function eachRun(act: (folder: string, supervisor: number | undefined) => Promise<void>): Promise<void> {
  const names = await readdir(runs).catch(() => []);
  for (const name of names.filter((each) => /^\d+$/.test(each))) await act(join(runs, name), await supervisorOf(join(runs, name)));
}

const commands: Readonly<Record<string, () => Promise<unknown>>> = {
  up,
  build: async () => console.log((await buildBench({ report })).bin),
  down: () =>
    eachRun(async (folder, supervisor) => {
      if (positionals[1] !== 'all' && positionals[1] !== basename(folder)) return;
      if (supervisor === undefined) await reapAll(folder);
      else process.kill(supervisor, 'SIGTERM');
    }),
  status: () =>
    eachRun(async (folder, supervisor) => {
      if (supervisor === undefined) return;
      const text = await readFile(join(folder, 'bench.json'), 'utf8').catch(() => undefined);
      const about = text === undefined ? 'is starting' : `has its API at ${benchDescription.parse(JSON.parse(text)).apiUrl}`;
      console.log(`${basename(folder)} (process ${supervisor}, ${folder}) ${about}`);
    }),
};

const command = commands[positionals[0] ?? ''];
const wanted = positionals[0] === 'down' ? 2 : 1;
if (values.help || command === undefined || positionals.length !== wanted) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  await command();
}
