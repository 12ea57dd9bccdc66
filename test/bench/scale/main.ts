import { writeFile } from 'node:fs/promises';
import { sweepEverySeconds } from '../../../runtime/event-patterns.ts';
import { runDays } from './days.ts';
import { measureRollouts } from './measure-rollouts.ts';
import { readScaleOptions, usage } from './options.ts';
import { alarmsPerCall, largeRegion, type Quotas, quotaSources, smallRegion } from './quotas.ts';
import { runReal } from './real-run.ts';
import type { Row } from './row.ts';
import { formatAgreement, formatCalls, formatDays, formatRows, formatSweeps, type SweepRow } from './scale-report.ts';
import { runSweeps } from './sweep-run.ts';

const options = readScaleOptions(process.argv.slice(2));
if ('wrong' in options) {
  console.error(`${options.wrong}\n\n${usage}`);
  process.exitCode = 1;
} else if (options.help) {
  console.log(usage);
} else {
  const quotas = { ...(options.region === 'large' ? largeRegion : smallRegion), lambdaConcurrency: options.lambdas };
  console.log(`Quotas of ${quotas.region}: ${JSON.stringify(quotas)}\nTheir pages: ${Object.values(quotaSources).join(', ')}`);
  const rows: Row[] = [];
  for (const part of options.only.filter((name) => name !== 'sweep' && name !== 'days')) {
    console.log(`\n${part}`);
    const measured = await measureRollouts(part, options, quotas, (row) => console.log(formatRows([row]).split('\n').at(-1)));
    rows.push(...measured.rows);
    console.log(measured.rows.map(formatCalls).join('\n'));
    console.log(measured.agreements.map(([real, replayed]) => formatAgreement(real, replayed)).join('\n'));
  }
  const sweeps = options.only.includes('sweep') ? await measureSweeps(quotas, options.seed) : [];
  const days = options.only.includes('days')
    ? await runDays(options.days, quotas, options.seed, ({ day }) => console.log(`day ${day}`))
    : undefined;
  if (rows.length > 0) console.log(`\nRollouts\n${formatRows(rows)}`);
  if (sweeps.length > 0) console.log(`\nThe sweep, really run\n${formatSweeps(sweeps)}`);
  if (days !== undefined) console.log(`\nDays, really run\n${formatDays(days)}`);
  console.log(`\nMemory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`);
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, `${JSON.stringify({ quotas, quotaSources, rows, sweeps, days }, null, 2)}\n`);
  }
}

/** 20 alarms each are more than one run of the sweep asks for. */
async function measureSweeps(quotas: Quotas, seed: number): Promise<SweepRow[]> {
  const plan = { source: 'cloudwatch', intervalSeconds: 60, bakeSeconds: 60 } as const;
  const { store: sample } = await runReal({ rollouts: 1, plan, quotas, seed });
  const measured: SweepRow[] = [];
  for (const [rollouts, alarmsEach] of [
    [100, 1],
    [1_000, 1],
    [1_000, 20],
    [10_000, 1],
  ] as const) {
    const calls = Math.ceil((rollouts * alarmsEach) / alarmsPerCall);
    const floorSeconds = Math.max(sweepEverySeconds, calls / quotas.describeAlarms.perSecond);
    const result = await runSweeps({ rollouts, alarmsEach, sweeps: 2, quotas, seed, sample });
    const row = { rollouts, alarmsEach, floorSeconds, result };
    console.log(formatSweeps([row]).split('\n').at(-1));
    measured.push(row);
  }
  return measured;
}
