import { afterEach, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import type { Apis } from './apis.ts';
import { WatchedExecutions } from './watched-executions.ts';

const startMs = Date.UTC(2026, 0, 5);
const arn = (name: string) => `arn:aws:states:eu-west-1:000000000000:execution:sluice-a-rollout:${name}`;
const ending: (() => void)[] = [];
afterEach(() => {
  for (const end of ending.splice(0)) end();
});

/** Step Functions with executions of the rollout machine only, as its JSON API answers. */
function watch(executions: { name: string; status: string; input: unknown; startedAtMs: number; states: readonly string[] }[]) {
  const clock = new VirtualClock({ startMs });
  const find = (input: Readonly<Record<string, unknown>>) => executions.find(({ name }) => arn(name) === input['executionArn']);
  const states: Apis['states'] = async (operation, input) => {
    const one = find(input);
    switch (operation) {
      case 'ListExecutions':
        return {
          executions: String(input['stateMachineArn']).endsWith('-rollback')
            ? []
            : executions.map(({ name, status, startedAtMs }) => ({ executionArn: arn(name), name, status, startDate: startedAtMs / 1000 })),
        };
      case 'DescribeExecution':
        return { input: JSON.stringify(one?.input), ...(one?.status === 'FAILED' ? { error: 'Refused', cause: 'why', stopDate: 1 } : {}) };
      default:
        return {
          events: [
            { type: 'ExecutionStarted', timestamp: startMs / 1000 },
            ...(one?.states ?? []).map((name) => ({
              type: 'TaskStateEntered',
              timestamp: startMs / 1000 + 1,
              stateEnteredEventDetails: { name },
            })),
          ],
        };
    }
  };
  const apis = { states, account: '000000000000', region: 'eu-west-1' } as Apis;
  const watched = new WatchedExecutions({ apis, prefix: 'sluice-a', clock, isOurs: (input) => input !== 'a neighbour' });
  ending.push(() => [watched.end(), clock.stop()]);
  return { clock, watched };
}

it('tells executions since the scenario began, oldest first, with their states, and not those of neighbours', async () => {
  const { watched } = watch([
    { name: 'earlier', status: 'SUCCEEDED', input: {}, startedAtMs: startMs - 1, states: [] },
    { name: 'second', status: 'FAILED', input: {}, startedAtMs: startMs + 2000, states: ['Receive', 'Begin'] },
    { name: 'first', status: 'RUNNING', input: { rollout: 'checkout' }, startedAtMs: startMs + 1000, states: ['Receive'] },
    { name: 'foreign', status: 'RUNNING', input: 'a neighbour', startedAtMs: startMs + 1000, states: [] },
  ]);
  await watched.refresh();
  expect(watched.executions).toMatchObject([
    { name: 'first', machine: 'rollout', status: 'running', input: { rollout: 'checkout' }, states: [{ state: 'Receive', type: 'Task' }] },
    { name: 'second', status: 'failed', error: 'Refused', cause: 'why', states: [{ state: 'Receive' }, { state: 'Begin' }] },
  ]);
});

it('follows an execution to its end', async () => {
  const running = { name: 'first', status: 'RUNNING', input: {}, startedAtMs: startMs, states: ['Receive'] };
  const { clock, watched } = watch([running]);
  const ended = watched.untilEnded(arn('first'));
  await clock.sleep(5000);
  Object.assign(running, { status: 'SUCCEEDED', states: ['Receive', 'Begin', 'NothingToDo'] });
  expect(await ended).toMatchObject({ status: 'succeeded', states: [{}, {}, { state: 'NothingToDo' }] });
  await expect(watched.untilEnded(arn('unknown'))).rejects.toMatchObject({ name: 'NotFoundError' });
});
