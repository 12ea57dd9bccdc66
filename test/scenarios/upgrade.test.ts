import { afterAll, describe, expect, it } from 'vitest';
import { Specs } from '../../adapters/store/specs.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { SandboxExecution } from '../../sandbox/step-functions/execution.ts';
import { startCloudFormation } from '../fakes/cloudformation.ts';
import { differences } from './differences.ts';
import { runScenario } from './run-scenario.ts';
import type { ExpectedRollout, Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { deploy, newStates, twoReleases, type VersionedCall } from './upgrade.ts';

const cloudFormation = await startCloudFormation();
afterAll(() => cloudFormation.close());

interface Told {
  readonly executions: readonly SandboxExecution[];
  readonly calls: readonly VersionedCall[];
}

type Story = (
  stage: Stage,
  means: { readonly sandbox: Sandbox; readonly upgrade: () => void; readonly calls: VersionedCall[] } & ReturnType<typeof twoReleases>,
) => Promise<void>;

/** At weight 50 the new version of Sluice comes, and right after it the canary begins to fail. */
const sickAfterUpgrade: Story = async (stage, { upgrade }) => {
  stage.push('v2');
  await stage.untilWeight(50);
  upgrade();
  stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.3 } });
  await stage.untilState('RolledBack', 1, 'rollback');
};

/** Plays a story that begins on the old version, and finds it as every scenario must be: promises kept, nothing left behind. */
async function play(
  story: Story,
  rollouts: readonly ExpectedRollout[],
  { badAnswers = [0, 0], executions, spec }: Pick<Scenario, 'spec'> & Partial<Scenario['expected']> = {},
): Promise<Told> {
  const releases = twoReleases();
  const last = rollouts.at(-1);
  let sandbox: Sandbox | undefined;
  const scenario: Scenario = {
    name: 'upgrade',
    title: 'A new version is deployed in the middle of a rollout',
    promises: ['O6'],
    requestsPerSecond: 10,
    story: async (stage) => {
      if (sandbox === undefined) throw new Error('there is no sandbox');
      const running = sandbox;
      deploy(running, releases.before);
      await story(stage, { ...releases, sandbox: running, upgrade: () => deploy(running, releases.after) });
    },
    ...(spec === undefined ? {} : { spec }),
    expected: {
      rollouts,
      badAnswers,
      ...(executions === undefined ? {} : { executions }),
      ...(last?.phase === 'succeeded' ? { stable: { checkout: last.tag } } : {}),
    },
  };
  const outcome = await runScenario(scenario, { clock: new VirtualClock(), onSandbox: (started) => (sandbox = started) });
  expect(differences(scenario, outcome)).toEqual([]);
  return { executions: outcome.executions, calls: releases.calls };
}

const promoted = { rollout: 'checkout', phase: 'succeeded', weights: [10, 50, 100, 0] } as const;
const rolledBack = { rollout: 'checkout', phase: 'rolledBack', weights: [10, 50, 0] } as const;

const machineOf = ({ executions }: Told, machine: SandboxExecution['machine'], nth = 0) => {
  const found = executions.filter((execution) => execution.machine === machine)[nth];
  if (found === undefined) throw new Error(`there is no execution ${nth} of ${machine}`);
  return { execution: found, states: found.states.map(({ state }) => state) };
};
const versionsOf = ({ calls }: Told, ...names: readonly string[]) => [
  ...new Set(calls.filter(({ name }) => names.includes(name)).map(({ version }) => version)),
];
const versionIn = (input: unknown) => (input as { payloadVersion?: number }).payloadVersion;

describe('O6: a new version is deployed in the middle of a rollout', () => {
  it('which goes on to its end by the definition and the functions that it began with; the next one begins with the new ones', async () => {
    const told = await play(
      async (stage, { upgrade, calls }) => {
        stage.push('v2');
        await stage.untilWeight(50);
        await stage.sleep(4);
        upgrade();
        await stage.untilPhase('succeeded');
        expect(calls.filter(({ version }) => version === 'new').map(({ name }) => name)).toEqual(
          expect.not.arrayContaining(['Decide', 'Finish']),
        );
        stage.push('v3');
        await stage.until('the second rollout', async () => (await stage.records('checkout')).length === 2);
        await stage.untilPhase('succeeded');
      },
      [
        { ...promoted, tag: 'v2' },
        { ...promoted, tag: 'v3' },
      ],
    );
    expect(machineOf(told, 'rollout').states).toContain('Drain');
    expect(machineOf(told, 'rollout').states).not.toContain(newStates.first);
    expect(machineOf(told, 'rollout', 1).states).toEqual(expect.arrayContaining([newStates.first, newStates.drain]));
  });

  it('and an alarm comes after it: the new door rolls back, by the new machine and its functions', async () => {
    const told = await play(sickAfterUpgrade, [{ ...rolledBack, tag: 'v2', reason: 'alarm' }], {
      spec: { checkout: (usual) => ({ ...usual, analysis: { interval: '1s', alarms: ['checkout-errors'] } }) },
      badAnswers: [1, 60],
    });
    expect(machineOf(told, 'rollback').states).toEqual(expect.arrayContaining([newStates.first, newStates.drain, 'RolledBack']));
    expect(versionIn(machineOf(told, 'rollback').execution.input)).toBe(2);
    expect(versionsOf(told, 'Abort', 'RestoreTraffic', 'FinishRollback')).toContain('new');
    expect(versionsOf(told, 'RestoreTraffic', 'FinishRollback')).toEqual(['new']);
  });

  it('and the execution gives up by itself: its own old door starts the new machine, which takes the previous payload', async () => {
    const told = await play(sickAfterUpgrade, [{ ...rolledBack, tag: 'v2', reason: 'analysis' }], {
      spec: { checkout: (usual) => ({ ...usual, analysis: { ...usual.analysis, alarms: [] } }) },
      badAnswers: [1, 60],
    });
    expect(told.calls).toContainEqual({ version: 'old', name: 'Abort' });
    expect(versionIn(machineOf(told, 'rollback').execution.input)).toBe(1);
    expect(machineOf(told, 'rollback').states).toEqual(expect.arrayContaining([newStates.first, 'RolledBack']));
    expect(versionsOf(told, 'RestoreTraffic', 'FinishRollback')).toEqual(['new']);
  });

  it('and the execution is stopped after it: the new sweep rolls back', async () => {
    const told = await play(
      async (stage, { upgrade }) => {
        stage.push('v2');
        await stage.untilWeight(50);
        const execution = await stage.untilState('RunAnalysis');
        upgrade();
        await stage.stop(execution);
      },
      [{ ...rolledBack, tag: 'v2', reason: 'abort' }],
    );
    expect(versionsOf(told, 'RestoreTraffic', 'FinishRollback')).toEqual(['new']);
    expect(told.calls).toContainEqual({ version: 'new', name: 'Sweep' });
  });

  it('and past the point of no return the execution is stopped: the new rollback machine finishes the promotion', async () => {
    const told = await play(
      async (stage, { upgrade }) => {
        stage.push('v2');
        const execution = await stage.untilState('AwaitStable');
        upgrade();
        await stage.stop(execution);
      },
      [{ ...promoted, tag: 'v2' }],
    );
    expect(versionsOf(told, 'RestoreStable', 'ReturnTraffic')).toEqual(['new']);
  });

  it('while a rollback runs: it goes on by the version that it began with', async () => {
    const told = await play(
      async (stage, { upgrade }) => {
        stage.push('v2');
        await stage.untilWeight(50);
        await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
        await stage.untilState('Drain', 1, 'rollback');
        upgrade();
      },
      [{ ...rolledBack, tag: 'v2', reason: 'abort' }],
    );
    expect(machineOf(told, 'rollback').states).not.toContain(newStates.first);
    expect(versionsOf(told, 'RestoreTraffic', 'FinishRollback')).toEqual(['old']);
  });

  it('and halts half-way, with new doors and old machines: the door moves the traffic, and the sweep finishes it afterwards', async () => {
    const told = await play(
      async (stage, { sandbox, after }) => {
        stage.push('v2');
        await stage.untilWeight(50);
        sandbox.deployDoors(after);
        await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'looks wrong' });
        expect(stage.witness.changes.at(-1)).toMatchObject({ stable: 100, canary: 0 });
        await stage.untilState('RollbackFailed', 1, 'rollback');
        sandbox.deployMachines(after);
      },
      [{ ...rolledBack, tag: 'v2', reason: 'abort' }],
    );
    expect(machineOf(told, 'rollback').states.at(-1)).toBe('RollbackFailed');
    expect(machineOf(told, 'rollback', 1).states).toEqual(expect.arrayContaining([newStates.first, 'RolledBack']));
  });
});

describe('O6: the removal of Sluice', () => {
  it('is refused in the middle of a rollout, and goes through after its end', async () => {
    const remove = (stage: Stage, sandbox: Sandbox) => {
      const request = cloudFormation.request({ RequestType: 'Delete', LogicalResourceId: 'Guard', PhysicalResourceId: 'guard-removal' });
      return sandbox.clock.busy(() => stage.call('GuardRemoval', request));
    };
    await play(
      async (stage, { sandbox }) => {
        stage.push('v2');
        await stage.untilWeight(50);
        expect(await remove(stage, sandbox)).toEqual({ outcome: 'FAILED' });
        expect(cloudFormation.answers.at(-1)?.Reason).toContain('checkout-000001 (progressing) is under way');
        await stage.untilPhase('succeeded');
        expect(await remove(stage, sandbox)).toEqual({ outcome: 'SUCCESS' });
      },
      [{ ...promoted, tag: 'v2' }],
    );
  });

  /** Deploys the file of checkout, which a person has applied already, or takes it away. */
  const sendSpec = async (stage: Stage, sandbox: Sandbox, RequestType: 'Create' | 'Delete') => {
    const { source } = await new Specs(sandbox.deps.store).load('checkout');
    const PhysicalResourceId = RequestType === 'Create' ? {} : { PhysicalResourceId: 'rollout/checkout' };
    const ResourceProperties = { file: 'checkout.yaml', text: JSON.stringify(source) };
    const request = cloudFormation.request({ RequestType, ResourceProperties, ...PhysicalResourceId });
    await sandbox.clock.busy(() => stage.call('DeploySpec', request));
    expect(cloudFormation.answers.at(-1)?.Status).toBe('SUCCESS');
  };

  it('of one file in mid-rollout lets that rollout end by what it began with; no push and no person starts another', async () => {
    const told = await play(
      async (stage, { sandbox }) => {
        await sendSpec(stage, sandbox, 'Create');
        stage.push('v2');
        await stage.untilWeight(50);
        await sendSpec(stage, sandbox, 'Delete');
        await stage.untilPhase('succeeded');
        stage.push('v3');
        await stage.sleep(90);
        await stage.console({ rollout: 'checkout', image: 'v3' });
      },
      [{ ...promoted, tag: 'v2' }],
      { executions: { refused: 1, ignored: 1 } },
    );
    expect(told.executions).toHaveLength(3);
    expect(told.executions.at(-1)?.cause).toContain('checkout is retired');
  });

  it('of one file in mid-rollout leaves it the alarms that it began with', async () => {
    await play(
      async (stage, { sandbox }) => {
        await sendSpec(stage, sandbox, 'Create');
        stage.push('v2');
        await stage.untilWeight(50);
        await sendSpec(stage, sandbox, 'Delete');
        stage.sandbox.fleet.behave('v2', { service: { errorShare: 0.3 } });
        await stage.untilState('RolledBack', 1, 'rollback');
      },
      [{ ...rolledBack, tag: 'v2', reason: 'alarm' }],
      {
        spec: { checkout: (usual) => ({ ...usual, analysis: { interval: '10s', alarms: ['checkout-errors'] } }) },
        badAnswers: [1, 60],
      },
    );
  });
});
