import type { FigureResult } from '../../bench/figure.ts';
import type { StartedBench } from '../bench/types.ts';
import { type MeshStage, withMeshStage } from './mesh-stage.ts';

const requestsPerSecond = 200;
const errors = 'istio_requests_total{destination_service_name="{{canary}}",response_code=~"5.."}';
const all = 'istio_requests_total{destination_service_name="{{canary}}"}';

/** From a random moment on, every answer of the canary is a 500: how long that reaches users, seen by Prometheus at scrapes of 1 s. */
export function measureBadAnswers(bench: StartedBench, samples: number, random: () => number): Promise<FigureResult> {
  return withMeshStage(
    bench,
    (usual) => ({
      ...usual,
      steps: [
        { weight: 50, bake: '10m' },
        { weight: 100, bake: '1m' },
      ],
      analysis: {
        interval: '1s',
        prometheus: { url: 'http://prometheus:9090' },
        metrics: [
          {
            name: 'success rate',
            // Growth since two scrapes ago, not a rate: the first 500 makes a series, of which a rate knows nothing before its second scrape.
            query: `1 - ((sum(${errors}) or vector(0)) - (sum(${errors} offset 2s) or vector(0))) / (sum(${all}) - sum(${all} offset 2s))`,
            min: 0.95,
            failures: { consecutive: 1, total: 1 },
          },
        ],
      },
      policies: { noData: { hold: '5m' }, sourceDown: { hold: '5m' } },
      deadlines: { ...usual.deadlines, drain: '0s', rollout: '1h' },
    }),
    async (stage) => {
      const lasting: number[] = [];
      for (let index = 0; index < samples; index += 1) lasting.push(await failOnce(stage, random() * 1000));
      return {
        readings: [
          {
            what: 'first bad answer -> last bad answer',
            unit: 'ms',
            samples: lasting,
            target: { atMost: 1000, of: 'median' },
          },
        ],
        notes: [
          `The canary at weight 50 of 100, ${requestsPerSecond} requests a second, judged every second after one failed measurement, scraped every second.`,
          'Peers on the same parts, by their shortest settings: Argo Rollouts 0.9 to 2.6 s, Flagger 11 to 21 s (measured once, not in this run).',
        ],
      };
    },
  );
}

async function failOnce(stage: MeshStage, afterMs: number): Promise<number> {
  const { load, sandbox } = stage;
  const version = stage.push();
  load.setRate(requestsPerSecond);
  await stage.until('weight 50', () => stage.weight() === 50);
  // Long enough for a first measurement that passes.
  await stage.sleep(5000 + afterMs);
  let firstAtMs: number | undefined;
  let lastAtMs = 0;
  const deaf = stage.hear((answer) => {
    if (answer.version !== version || answer.status < 500) return;
    const atMs = answer.atMs + answer.durationMs;
    firstAtMs = Math.min(firstAtMs ?? atMs, atMs);
    lastAtMs = Math.max(lastAtMs, atMs);
  });
  sandbox.fleet.behave(version, { service: { errorShare: 1 } });
  await stage.until(
    'the rollback',
    () => sandbox.engine.executions.filter(({ machine }) => machine === 'rollback').length > 0 && stage.weight() === 0,
  );
  await stage.untilQuiet();
  await stage.sleep(300);
  deaf();
  load.setRate(0);
  if (firstAtMs === undefined) throw new Error('the canary gave no bad answer');
  return lastAtMs - firstAtMs;
}
