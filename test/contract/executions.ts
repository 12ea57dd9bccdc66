import { describe, expect, it } from 'vitest';
import type { Executions, MachineName } from '../../core/ports.ts';

export interface ExecutionsSetUp {
  readonly executions: Executions;
  arnOf(machine: MachineName, name: string): string | Promise<string>;
  /** Ends a running execution as its machine would. */
  end(machine: MachineName, name: string, status: 'succeeded' | 'failed' | 'timedOut'): void | Promise<void>;
}

const rollout = { machine: 'rollout', name: 'checkout-7' } as const;

/** What every Executions does. */
export function executionsContract(name: string, setUp: () => ExecutionsSetUp | Promise<ExecutionsSetUp>): void {
  describe(`${name} as Executions`, () => {
    it('starts an execution, which then runs', async () => {
      const { executions, arnOf } = await setUp();
      expect(await executions.start('rollout', 'checkout-7', { spec: 'checkout' })).toBe('started');
      expect(await executions.describe(rollout)).toEqual({ status: 'running' });
      expect(await executions.describe({ arn: await arnOf('rollout', 'checkout-7') })).toEqual({ status: 'running' });
    });

    it('does not start a second one of the same name', async () => {
      const { executions } = await setUp();
      await executions.start('rollout', 'checkout-7', { fence: 7 });
      expect(await executions.start('rollout', 'checkout-7', { fence: 8 })).toBe('exists');
    });

    it('keeps the name after the end', async () => {
      const { executions, end } = await setUp();
      await executions.start('rollout', 'checkout-7', {});
      await end('rollout', 'checkout-7', 'succeeded');
      expect(await executions.start('rollout', 'checkout-7', {})).toBe('exists');
      expect(await executions.describe(rollout)).toEqual({ status: 'succeeded' });
    });

    it('takes a repeated start with the same input while the first one runs, and one execution comes of it', async () => {
      const { executions, end } = await setUp();
      await executions.start('rollout', 'checkout-7', { fence: 7 });
      expect(['started', 'exists']).toContain(await executions.start('rollout', 'checkout-7', { fence: 7 }));
      await end('rollout', 'checkout-7', 'failed');
      expect(await executions.describe(rollout)).toEqual({ status: 'failed' });
    });

    it('keeps the two machines apart', async () => {
      const { executions } = await setUp();
      await executions.start('rollout', 'checkout-7', {});
      expect(await executions.describe({ machine: 'rollback', name: 'checkout-7' })).toEqual({ status: 'unknown' });
      expect(await executions.start('rollback', 'checkout-7', {})).toBe('started');
    });

    it.each(['succeeded', 'failed', 'timedOut'] as const)('tells that an execution %s', async (status) => {
      const { executions, end } = await setUp();
      await executions.start('rollout', 'checkout-7', {});
      await end('rollout', 'checkout-7', status);
      expect(await executions.describe(rollout)).toEqual({ status });
    });

    it('answers unknown for an execution that does not exist', async () => {
      const { executions, arnOf } = await setUp();
      expect(await executions.describe(rollout)).toEqual({ status: 'unknown' });
      expect(await executions.describe({ arn: await arnOf('rollout', 'checkout-7') })).toEqual({ status: 'unknown' });
    });

    it('stops an execution, and stopping it again or one that does not exist is no error', async () => {
      const { executions, arnOf } = await setUp();
      await executions.start('rollout', 'checkout-7', {});
      const arn = await arnOf('rollout', 'checkout-7');
      await executions.stop(arn, 'superseded by checkout-8');
      expect(await executions.describe({ arn })).toEqual({ status: 'stopped' });
      await executions.stop(arn, 'superseded by checkout-8');
      await executions.stop(await arnOf('rollout', 'checkout-8'), 'not there');
      expect(await executions.describe({ arn })).toEqual({ status: 'stopped' });
    });
  });
}
