import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Figure, FigureResult } from '../../bench/figure.ts';
import { formatFigure, formatNumber, formatSummary, type Measured } from '../../bench/report.ts';
import { seededRandom } from '../../seeded-random.ts';
import { startBench } from '../bench/start.ts';
import type { StartedBench } from '../bench/types.ts';
import { measureAborts } from './abort-latency.ts';
import { measureBadAnswers } from './bad-answers.ts';
import { measureHealthyRollouts } from './healthy-rollout.ts';

const usage = `npm run bench:mesh -- [options]

  --samples N     aborts that are measured (30)
  --failures N    canaries that fail, each from a random moment on (10)
  --requests N    requests during healthy rollouts (100000)
  --rate N        of these, so many a second (800)
  --seed N        of the random moments (1)
  --only NAME     abort-latency, bad-answers or healthy-rollout; may be given several times
  --help          this text

Builds and starts the mesh bench (Go is needed), measures and prints. A target that is missed does not make it fail.`;

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '30' },
    failures: { type: 'string', default: '10' },
    requests: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '800' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) console.log(usage);
else await measureAll();

async function measureAll(): Promise<void> {
  const random = seededRandom(Number(values.seed));
  const figures: readonly (Pick<Figure, 'name' | 'title'> & { measure(bench: StartedBench): Promise<FigureResult> })[] = [
    {
      name: 'abort-latency',
      title: 'Abort door called -> last answer of the canary, through a real Envoy',
      measure: (bench) => measureAborts(bench, Number(values.samples)),
    },
    {
      name: 'bad-answers',
      title: 'How long a canary that fails at once fails users, judged by a real Prometheus',
      measure: (bench) => measureBadAnswers(bench, Number(values.failures), random),
    },
    {
      name: 'healthy-rollout',
      title: 'Healthy rollouts under load',
      measure: (bench) => measureHealthyRollouts(bench, Number(values.requests), Number(values.rate)),
    },
  ];
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${new Date().toISOString()}, seed ${values.seed}`);
  const bench = await startBench({ report: (line) => console.error(line) });
  const measured: Measured[] = [];
  try {
    for (const { name, title, measure } of figures) {
      if (values.only !== undefined && !values.only.includes(name)) continue;
      const result = await measure(bench).catch((error: unknown) => ({ failed: error instanceof Error ? error.message : String(error) }));
      if ('failed' in result) process.exitCode = 1;
      measured.push({ figure: { name, title }, result });
      for (const last of measured.slice(-1)) console.log(formatFigure(last));
    }
    const memory = Object.entries(await bench.memory());
    console.log('\nMemory of each part');
    for (const [part, bytes] of memory) console.log(`  ${part.padEnd(24)} ${formatNumber(bytes / 2 ** 20)} MiB`);
  } finally {
    await bench.close();
  }
  console.log(formatSummary(measured));
}
