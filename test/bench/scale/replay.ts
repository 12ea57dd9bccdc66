import { spreadPartition } from '../../../adapters/store/spread-partitions.ts';
import { crowdedFrom } from '../../../adapters/store/turns.ts';
import { sweepEverySeconds } from '../../../runtime/event-patterns.ts';
import { seededRandom } from '../../seeded-random.ts';
import { Account } from './account.ts';
import { EventQueue } from './event-queue.ts';
import { latencyMs } from './latencies.ts';
import type { Look } from './lateness.ts';
import { alarmsPerCall } from './quotas.ts';
import type { RunOptions, RunResult } from './real-run.ts';
import { judgedSpec, ReplayedJudge } from './replay-judge.ts';
import { RolloutReplay } from './replay-rollout.ts';
import { alarmCallsPerSecond } from './retries.ts';
import { type RowPlan, serviceOf } from './scale-spec.ts';
import type { Template } from './template.ts';

/** EventBridge tries a start again for a day, with back-off and jitter. How long it waits is not said: full jitter up to 2, 4, 8 ... s is assumed. */
const longestStartDelayMs = 60_000;

export interface ReplayOptions extends Omit<RunOptions, 'plan'> {
  readonly templates: readonly Template[];
  /** Of rollouts that begin in a crowd; as all others where left out. */
  readonly crowded?: readonly Template[];
  /** When each rollout is pushed, in milliseconds; all at 0 where left out. */
  readonly pushAtMs?: (index: number) => number;
  /** Of rollouts that CloudWatch's metrics judge: their looks are judged again. */
  readonly plan?: RowPlan;
  /** What time it is in the world when the replay begins: of what minute is the first push. 0 where left out. */
  readonly startMs?: number;
}

/**
 * So many rollouts at once, each as one that was recorded: the same states, requests, units and waits, in an account whose quotas bind. What is
 * refused is tried again as the clients and the state machine do, with the same delays and a jitter that follows from the seed.
 *
 * @throws Error without a template
 */
export function replay(options: ReplayOptions): RunResult & { readonly tookMs: number } {
  const { rollouts, templates, crowded = templates, quotas, seed, plan, pushAtMs = () => 0, startMs = 0 } = options;
  const account = new Account(quotas);
  const queue = new EventQueue();
  const random = seededRandom(seed);
  const looks: Look[] = [];
  const ends: Record<string, number> = {};
  const spec = plan?.source === 'cloudwatchMetrics' ? judgedSpec(plan) : undefined;
  const worldMs = () => startMs + queue.now();
  const crowd = new Crowd(templates, crowded);
  let lastEndMs = 0;

  const start = (index: number, attempt: number) => {
    const [template] = templates;
    if (template === undefined) throw new Error('there is no recorded rollout to replay');
    if (!account.take({ service: 'StartExecution', units: [], requests: 1 }, queue.now())) {
      queue.after(random() * Math.min(longestStartDelayMs, 2000 * 2 ** attempt), () => start(index, attempt + 1));
      return;
    }
    const rollout = new RolloutReplay({
      template,
      begin: () => crowd.join(index),
      queue,
      account,
      random,
      sweptAtMs: () => sweptAtMs(queue.now(), index),
      judge: spec === undefined ? undefined : new ReplayedJudge(spec, worldMs()),
      worldMs,
      onLook: (step, begins, isAnswered = true) => looks.push({ rollout: String(index), step, atMs: queue.now(), begins, isAnswered }),
      onEnd: (end) => {
        crowd.leave(index);
        ends[end] = (ends[end] ?? 0) + 1;
        lastEndMs = queue.now();
      },
    });
    queue.after(latencyMs.StartExecution, () => rollout.enter(0));
  };

  for (let index = 0; index < rollouts; index += 1) queue.after(pushAtMs(index), () => start(index, 0));
  queue.run();
  return { counted: account.counted(), looks, ends, tookMs: lastEndMs };
}

/** Who is under way, by the partition of the lock: what Begin goes by. */
class Crowd {
  readonly #templates: readonly Template[];
  readonly #crowded: readonly Template[];
  readonly #held = new Map<string, Set<number>>();

  constructor(templates: readonly Template[], crowded: readonly Template[]) {
    this.#templates = templates;
    this.#crowded = crowded;
  }

  /** @returns What the rollout does from now on. */
  join(index: number): Template {
    const held = this.#heldBeside(index);
    const templates = held.size >= crowdedFrom ? this.#crowded : this.#templates;
    held.add(index);
    return templates[index % templates.length] ?? [];
  }

  leave(index: number): void {
    this.#heldBeside(index).delete(index);
  }

  #heldBeside(index: number): Set<number> {
    const partition = spreadPartition('locks', serviceOf(index).name);
    const held = this.#held.get(partition) ?? new Set();
    this.#held.set(partition, held);
    return held;
  }
}

/** The next sweep begins with the full minute, and asks for a hundred alarms at a time at its pace. */
function sweptAtMs(nowMs: number, index: number): number {
  const everyMs = sweepEverySeconds * 1000;
  return (
    (Math.floor(nowMs / everyMs) + 1) * everyMs +
    (Math.floor(index / alarmsPerCall) / alarmCallsPerSecond) * 1000 +
    latencyMs.DescribeAlarms
  );
}
