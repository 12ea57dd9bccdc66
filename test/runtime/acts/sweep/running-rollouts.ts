import { createMemoryStore } from '../../../../adapters/store/memory.ts';
import { Turns } from '../../../../adapters/store/turns.ts';
import { AwsUnavailableError } from '../../../../core/errors.ts';
import type { ExecutionStatus, Executions } from '../../../../core/ports.ts';
import { VirtualClock } from '../../../../sandbox/clock.ts';
import { createMemoryLog } from '../../../../sandbox/log.ts';
import { clusterWith, mainRule, virtualService } from '../../../adapters/mesh/istio/virtual-services.ts';
import { recordOf, specSource } from '../../../core/rollout/rollout-for-tests.ts';

export const nameOf = (index: number): string => `service-${String(index).padStart(4, '0')}`;
const arnOf = (name: string) => `arn:aws:states:eu-west-1:111122223333:execution:rollout:${name}`;

/** Step Functions, with the executions that were asked about, and how many at a time. */
class FakeStepFunctions implements Executions {
  readonly described: string[] = [];
  readonly started: string[] = [];
  readonly stopped: string[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  /** From this call on it has too many requests. */
  throttledFrom = Number.POSITIVE_INFINITY;
  readonly dead = new Map<string, ExecutionStatus['status']>();

  async start(_machine: string, name: string): Promise<'started'> {
    this.started.push(name);
    return 'started';
  }

  async describe(query: Parameters<Executions['describe']>[0]): Promise<ExecutionStatus> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    await new Promise(setImmediate);
    this.atOnce -= 1;
    const name = ('arn' in query ? query.arn : query.name).split(':').at(-1) ?? '';
    this.described.push(name);
    if (this.described.length >= this.throttledFrom) {
      throw new AwsUnavailableError('Step Functions did not do DescribeExecution: ThrottlingException.', { remedy: 'Try again later.' });
    }
    return { status: this.dead.get(name) ?? 'running' };
  }

  async stop(arn: string): Promise<void> {
    this.stopped.push(arn);
  }
}

/** So many services with a rollout under way, each judged by two alarms of its own, on one route that they share. */
export async function runningRollouts(count: number) {
  const clock = new VirtualClock();
  const store = createMemoryStore();
  const rollouts = new Turns(store, clock);
  for (let index = 0; index < count; index += 1) {
    const name = nameOf(index);
    const spec = { ...specSource({ name, analysis: { alarms: [`${name}-errors`, `${name}-latency`] } }) };
    const executionArn = arnOf(name);
    await rollouts.begin(name, { executionArn, eventId: undefined }, (id) =>
      recordOf({ rollout: name, spec, executionArn, startedAtMs: clock.now(), ...id }),
    );
  }
  const executions = new FakeStepFunctions();
  const api = await clusterWith(virtualService('checkout', [mainRule]));
  const deps = { store, clock, clusters: { open: () => api }, executions, log: createMemoryLog() };
  const phaseOf = async (index: number) => (await rollouts.list(nameOf(index))).at(-1)?.phase;
  return { clock, store, rollouts, executions, deps, phaseOf, arnOf };
}
