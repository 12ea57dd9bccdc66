import { readFileSync } from 'node:fs';
import { queriesOf } from '../../cli/backtest/queries.ts';
import { record } from '../../cli/backtest/record.ts';
import { recordingText } from '../../cli/backtest/recording-text.ts';
import { parseSpec } from '../../core/spec/parse-spec.ts';
import { prometheusOf } from './prometheus-of-store.ts';
import { scrapedService } from './simulated-service.ts';

const specFile = 'rollouts/checkout.yaml';
export const exampleFile = 'examples/backtest/checkout.json';
export const exampleSeed = 20261120;
const fromMs = Date.UTC(2026, 10, 20, 10);

/**
 * The example recording: a canary that gets a tenth of 40 requests a second, is as good as stable for nine minutes, and then fails 4 % of them. Simulated
 * with a seed, scraped into the sandbox's Prometheus, and recorded from there by what `sluice backtest --save` records with.
 */
export async function exampleRecording(): Promise<string> {
  const parsed = parseSpec(readFileSync(specFile, 'utf8'), specFile);
  if (!parsed.ok) throw new Error('the example spec does not hold');
  const store = scrapedService({
    seed: exampleSeed,
    fromMs,
    pastSeconds: 35 * 60,
    forSeconds: 36 * 60,
    requestsPerSecond: 40,
    canaryPart: 0.1,
    failing: (side, after) => (side === 'canary' && after >= 9 * 60 ? 0.04 : 0.004),
    slow: () => 0.001,
    callerReplacedAt: 5 * 60,
  });
  const prometheus = prometheusOf(store);
  return recordingText(
    await record({ prometheus, queries: queriesOf(parsed.spec), fromMs, toMs: fromMs + 36 * 60_000, progress: () => undefined }),
  );
}
