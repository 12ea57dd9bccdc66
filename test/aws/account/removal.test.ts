import { describe, expect, it } from 'vitest';
import { connectTo } from '../../../cli/connection/controller.ts';
import { NotFoundError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { namesOf } from '../names.ts';
import { parseOptions } from '../options.ts';
import { formatLeft, Remains } from '../remains.ts';
import { sandboxMeans, sandboxService } from '../sandbox-means.ts';
import { listRemains, type RemovalParts } from './removal.ts';
import { endRollouts } from './under-way.ts';

const names = namesOf('sluice-test', 'abc234');
const argv = ['--cluster', 'shop', '--repository', 'shop/web', '--stable-tag', 'v1', '--canary-tag', 'v2', '--context', 'admin'];
const write = { out: () => undefined, err: () => undefined };

function parts(done: string[], stack: RemovalParts['stack']): RemovalParts {
  const clock = new VirtualClock();
  const act = (what: string) => async () => void done.push(what);
  return {
    clients: {
      region: 'eu-west-1',
      setting: {
        region: 'eu-west-1',
        environment: {},
        credentials: async () => ({ accessKeyId: 'A', secretAccessKey: 's' }),
        fetch,
        clock,
      },
      dynamoDb: async (operation) => {
        done.push(`${operation} of the table`);
        return {
          status: 'failed',
          failure: { name: 'ResourceNotFoundException', message: '', retryable: false, refused: true, details: undefined },
        };
      },
      logs: async (operation) => {
        done.push(operation);
        return { status: 'ok', output: { logGroups: [] } };
      },
    },
    setting: { options: parseOptions(argv, write), names, hurry: new AbortController().signal },
    cluster: { removeNamespace: async (name) => act(`namespace ${name}`)() },
    alarm: { remove: act('alarm') },
    registry: { untag: async (tag) => act(`tag ${tag}`)() },
    stack,
  };
}

function listed(done: string[], stack: RemovalParts['stack']) {
  const { alarm, namespace, tags, logs, table, stack: theStack } = listRemains(parts(done, stack));
  const remains = new Remains();
  for (const remain of [alarm, namespace, tags, logs, table, theStack]) remains.add(remain);
  return remains;
}

describe('what was made in the account', () => {
  it('is removed in reverse, with what the stack leaves behind', async () => {
    const done: string[] = [];
    const remains = listed(done, { destroy: async () => void done.push('stack') });
    await remains.removeAll(() => undefined, new AbortController().signal);
    expect(remains.left).toEqual([]);
    expect(done).toEqual([
      'stack',
      'UpdateTable of the table',
      'DescribeTable of the table',
      'DescribeLogGroups',
      'DescribeLogGroups',
      'DescribeLogGroups',
      'tag sluice-test-abc234-push',
      'tag sluice-test-abc234-rollback',
      'namespace sluice-test-abc234',
      'alarm',
    ]);
  });

  it('is left where Sluice works with it, when the stack is not removed; the commands do it by hand', async () => {
    const done: string[] = [];
    const destroy = async () => {
      throw new NotFoundError('A rollout is under way.', { remedy: 'Abort it.' });
    };
    const remains = listed(done, { destroy });
    await remains.removeAll(() => undefined, new AbortController().signal);
    expect(done).toEqual(['tag sluice-test-abc234-push', 'tag sluice-test-abc234-rollback', 'alarm']);
    const text = formatLeft(remains.left);
    for (const command of [
      'aws cloudformation delete-stack --region eu-west-1 --stack-name sluice-test-abc234',
      'aws dynamodb update-table --region eu-west-1 --table-name sluice-test-abc234 --no-deletion-protection-enabled',
      'aws dynamodb delete-table --region eu-west-1 --table-name sluice-test-abc234',
      'kubectl --context admin delete namespace sluice-test-abc234',
    ]) {
      expect(text).toContain(`  ${command}\n`.trimEnd());
    }
  });
});

describe('a rollout that is under way when all is removed', () => {
  it('is aborted first, and waited for', async () => {
    const sandbox = await startSandbox({ clock: new VirtualClock(), services: [sandboxService(names)] });
    const { connection, push, route } = await sandboxMeans(sandbox, names);
    const whole = connectTo({
      where: 'the sandbox',
      clock: sandbox.clock,
      by: 'ada',
      store: sandbox.deps.store,
      invoke: async (name, input) => sandbox.functions[name]?.(input),
      startExecution: async () => undefined,
      describeExecution: async () => ({ status: 'unknown' }),
    });
    await endRollouts(whole, names.service);
    await endRollouts(whole, 'never-applied');
    await push('canary', names.tag('push'));
    while ((await route()).canary === 0) await sandbox.clock.sleep(500);
    await endRollouts(whole, names.service);
    const [service] = (await connection.status(names.service)).services;
    expect(service?.present).toBeUndefined();
    expect(service?.past[0]).toMatchObject({ phase: 'rolledBack', rollbackReason: 'abort' });
    expect(await route()).toEqual({ stable: 100, canary: 0 });
    await sandbox.close();
  });
});
