import { readFile, writeFile } from 'node:fs/promises';
import { jobsOf, measureAll } from './measure-all.ts';
import type { Settings } from './measure-service.ts';
import { type JudgeOptions, readJudgeOptions, usage } from './options.ts';
import { withTables } from './report/docs-tables.ts';
import { chartsOf } from './report/judge-charts.ts';
import { formatMeasured, formatReport, sectionsOf } from './report/judge-report.ts';
import type { JudgeRun } from './run.ts';

const options = readJudgeOptions(process.argv.slice(2));
if ('wrong' in options) {
  console.error(`${options.wrong}\n\n${usage}`);
  process.exitCode = 2;
} else if (options.help) {
  console.log(usage);
} else {
  const run = options.fromFile === undefined ? await measure(options) : await readRun(options.fromFile);
  if (run !== undefined) {
    console.log(formatReport(run));
    if (options.jsonFile !== undefined) await writeFile(options.jsonFile, `${JSON.stringify(run, null, 1)}\n`);
    if (options.docs) await writeDocs(run);
  }
}

async function measure(asked: JudgeOptions): Promise<JudgeRun> {
  const settings: Settings = { runs: asked.runs, seed: asked.seed, margin: { ratio: 1.2, excess: 0.001 }, falseAlarmLevel: 0.01 };
  const { runs, seed, margin, falseAlarmLevel } = settings;
  const jobs = jobsOf(asked);
  console.log(
    `${jobs.length} services, ${runs} rollouts for each version; seed ${seed}, margin ${margin.ratio} x + ${margin.excess * 100} points, false-alarm level ${falseAlarmLevel * 100} %`,
  );
  return measureAll(jobs, settings, asked.workers, (measured) => console.log(formatMeasured(measured)));
}

async function readRun(file: string): Promise<JudgeRun | undefined> {
  try {
    const run = JSON.parse(await readFile(file, 'utf8')) as JudgeRun;
    sectionsOf(run);
    return run;
  } catch (error) {
    console.error(`${file} is no file that --json has written: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
    return undefined;
  }
}

async function writeDocs(run: JudgeRun): Promise<void> {
  const docs = new URL('../../../docs/', import.meta.url);
  const page = new URL('judge.md', docs);
  await writeFile(page, withTables(await readFile(page, 'utf8'), sectionsOf(run)));
  for (const [name, picture] of Object.entries(chartsOf(run))) await writeFile(new URL(name, docs), picture);
}
