import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { variables } from '../../runtime/environment.ts';
import { functionSetups } from '../../stacks/functions.ts';
import { synthesise } from './synthesised.ts';

const { of, stack } = await synthesise();
const deployed = functionSetups.filter(({ name }) => name !== 'ReceiveWebhook');
const functionNamed = (file: string) =>
  of('AWS::Lambda::Function').find(({ properties }) => properties['FunctionName'] === `sluice-${file}`);
const machine = z.object({
  States: z.record(z.string(), z.looseObject({ Resource: z.optional(z.string()), TimeoutSeconds: z.optional(z.number()) })),
});

describe('every function', () => {
  it('is deployed, but for the webhook that nobody asked for', () => {
    expect(
      of('AWS::Lambda::Function')
        .map(({ properties }) => properties['FunctionName'])
        .toSorted(),
    ).toEqual(deployed.map(({ file }) => `sluice-${file}`).toSorted());
  });

  it.each(deployed)('$name runs on Node 24 on arm64, is traced, and logs JSON into its own group', ({ file, timeoutSeconds, memoryMb }) => {
    const logs = of('AWS::Logs::LogGroup').find(({ properties }) => properties['LogGroupName'] === `/sluice/sluice/${file}`);
    expect(functionNamed(file)?.properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: timeoutSeconds,
      MemorySize: memoryMb,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `<${logs?.id}>` },
    });
    expect(functionNamed(file)?.properties).not.toHaveProperty('VpcConfig');
  });

  it.each(deployed)(
    '$name has a published version that the next upgrade keeps (O6), and that goes where its own deployment is rolled back',
    ({ file }) => {
      const versions = of('AWS::Lambda::Version').filter(({ properties }) => properties['FunctionName'] === `<${functionNamed(file)?.id}>`);
      expect(versions).toMatchObject([{ deletionPolicy: 'RetainExceptOnCreate' }]);
    },
  );

  it.each(deployed)('$name is told no more than its permissions let it use', ({ name, file, permissions }) => {
    const uses = new Set(permissions.map(({ on }) => on));
    const machines = [...uses].some((on) => on.endsWith('Machine') || on.endsWith('Executions'));
    expect(functionNamed(file)?.properties['Environment'], name).toEqual({
      Variables: {
        [variables.deployment]: 'sluice',
        ...(uses.has('table') ? { [variables.table]: 'sluice', [variables.retentionDays]: '90' } : {}),
        ...(uses.has('eventBus') ? { [variables.eventBus]: 'sluice' } : {}),
        ...(machines
          ? {
              [variables.rolloutMachine]: 'arn:aws:states:eu-west-1:111122223333:stateMachine:sluice-rollout',
              [variables.rollbackMachine]: 'arn:aws:states:eu-west-1:111122223333:stateMachine:sluice-rollback',
            }
          : {}),
      },
    });
  });

  it('ends as itself before the state that waits for it gives up', () => {
    for (const name of ['rollout', 'rollback']) {
      const { States: states } = machine.parse(JSON.parse(readFileSync(`state-machines/${name}.asl.json`, 'utf8')));
      for (const { Resource: invoked, TimeoutSeconds: waitsSeconds } of Object.values(states)) {
        const [, served] = /^\$\{(\w+)FunctionArn\}$/.exec(invoked ?? '') ?? [];
        if (served === undefined) continue;
        expect(stack.controller.function(served).setup.timeoutSeconds, served).toBeLessThan(waitsSeconds ?? 0);
      }
    }
  });
});

describe('logs', () => {
  it('end after the days that the context says', async () => {
    const other = await synthesise({ logRetentionDays: 7 });
    expect(of('AWS::Logs::LogGroup').map(({ properties }) => properties['RetentionInDays'])).toEqual(
      of('AWS::Logs::LogGroup').map(() => 30),
    );
    expect(new Set(other.of('AWS::Logs::LogGroup').map(({ properties }) => properties['RetentionInDays']))).toEqual(new Set([7]));
  });
});

describe('concurrency', () => {
  const reservedIn = ({ of: find }: Pick<Awaited<ReturnType<typeof synthesise>>, 'of'>) =>
    Object.fromEntries(
      find('AWS::Lambda::Function')
        .filter(({ properties }) => properties['ReservedConcurrentExecutions'] !== undefined)
        .map(({ properties }) => [properties['FunctionName'], properties['ReservedConcurrentExecutions']]),
    );

  it('is kept free for the abort door, that no other function can use up, and is what Begin gets', () => {
    expect(reservedIn({ of })).toEqual({ 'sluice-abort': 20, 'sluice-begin': 8 });
  });

  it.each([
    [{ abortConcurrency: 5 }, { 'sluice-abort': 5, 'sluice-begin': 8 }],
    [{ abortConcurrency: 0, beginConcurrency: 30 }, { 'sluice-begin': 30 }],
    [{ abortConcurrency: 0, beginConcurrency: 0 }, {}],
  ])('is as the context says: %o', async (context, reserved) => {
    expect(reservedIn(await synthesise(context))).toEqual(reserved);
  });
});
