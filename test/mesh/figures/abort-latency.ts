import type { FigureResult } from '../../bench/figure.ts';
import { formatNumber } from '../../bench/report.ts';
import { quantile } from '../../bench/statistics.ts';
import type { StartedBench } from '../bench/types.ts';
import { type MeshStage, withMeshStage } from './mesh-stage.ts';

const requestsPerSecond = 200;

/** The floor and the door, in turns, so that whatever else the machine does falls on both alike. */
export function measureAborts(bench: StartedBench, samples: number): Promise<FigureResult> {
  return withMeshStage(
    bench,
    (usual) => ({
      ...usual,
      steps: [{ weight: 100, bake: '10m' }],
      policies: { noData: { hold: '5m' }, sourceDown: { hold: '5m' } },
      deadlines: { ...usual.deadlines, drain: '0s', rollout: '1h' },
    }),
    async (stage) => {
      const floor: number[] = [];
      const door: number[] = [];
      for (let index = 0; index < samples; index += 1) {
        floor.push(await flip(stage));
        door.push(await abort(stage));
      }
      const floorMs = quantile(floor, 0.5);
      return {
        readings: [
          { what: 'floor: bare PATCH -> first changed answer', unit: 'ms', samples: floor },
          {
            what: 'abort door called -> last answer of the canary to a new request',
            unit: 'ms',
            samples: door,
            floor,
            target: { atMost: floorMs + 150, of: 'p99' },
          },
        ],
        notes: [
          `One Envoy, ${requestsPerSecond} requests a second, the canary at full weight. Median ${formatNumber(quantile(door, 0.5) - floorMs)} ms above the floor.`,
          "In both is istiod's debounce, 100 ms by default.",
        ],
      };
    },
  );
}

let flips = 0;

/** Milliseconds from the PATCH to the first answer of the other service. */
async function flip(stage: MeshStage): Promise<number> {
  const { sandbox, probeLoad, clock, namespace } = stage;
  flips += 1;
  const [to, version] = flips % 2 === 1 ? ['probe-other', 'b'] : ['probe', 'a'];
  probeLoad.setRate(requestsPerSecond);
  await stage.sleep(300);
  let firstAtMs: number | undefined;
  const deaf = stage.hearProbe((answer) => {
    if (answer.version === version) firstAtMs ??= answer.atMs + answer.durationMs;
  });
  const fromMs = clock.now();
  // As somebody with kubectl: the probe's route is no rollout's.
  sandbox.kubernetes.patch({ apiVersion: 'networking.istio.io/v1', resource: 'virtualservices', namespace, name: 'probe' }, [
    { op: 'replace', path: '/spec/http/0/route', value: [{ destination: { host: to } }] },
  ]);
  const atMs = await stage.until('a changed answer', () => firstAtMs);
  deaf();
  probeLoad.setRate(0);
  return atMs - fromMs;
}

async function abort(stage: MeshStage): Promise<number> {
  const { load, clock } = stage;
  const version = stage.push();
  load.setRate(requestsPerSecond);
  await stage.until('full weight', () => stage.weight() === 100);
  await stage.sleep(600);
  let lastAtMs = 0;
  const calledAtMs = clock.now();
  const deaf = stage.hear((answer) => {
    if (answer.version === version) lastAtMs = Math.max(lastAtMs, answer.atMs + answer.durationMs);
  });
  await stage.call('Abort', { rollout: 'checkout', by: 'bench', why: 'measured' });
  await stage.untilQuiet();
  await stage.sleep(200);
  deaf();
  load.setRate(0);
  if (lastAtMs === 0) throw new Error('the canary answered nothing after the door was called');
  return lastAtMs - calledAtMs;
}
