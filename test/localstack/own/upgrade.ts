import { appendFile, cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { projectFolder } from '../cdk-arguments.ts';
import type { Apis } from '../tier/apis.ts';
import type { OwnScenario } from './own-scenario.ts';
import { pausedForCdk } from './paused-for-cdk.ts';

/** What the app needs to be deployed. */
const parts = [
  'adapters',
  'core',
  'functions',
  'runtime',
  'stacks',
  'state-machines',
  'scripts',
  'cdk.json',
  'package.json',
  'tsconfig.json',
];

/** A release of the project in which every function has other code, and does the same. */
async function anotherRelease(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-release-'));
  for (const part of parts) await cp(join(projectFolder, part), join(folder, part), { recursive: true });
  await cp(join(projectFolder, 'test/localstack/rollouts'), join(folder, 'test/localstack/rollouts'), { recursive: true });
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  const files = (await readdir(join(folder, 'functions'))).filter((file) => file.endsWith('.ts'));
  for (const file of files) await appendFile(join(folder, 'functions', file), "\nexport const release = 'another';\n");
  return folder;
}

const history = z.object({
  events: z.array(z.looseObject({ lambdaFunctionScheduledEventDetails: z.nullish(z.object({ resource: z.string() })) })),
});

/** The versions of functions that an execution has called. */
async function versionsOf({ states }: Apis, executionArn: string): Promise<string[]> {
  const { events } = history.parse(await states('GetExecutionHistory', { executionArn, maxResults: 1000, includeExecutionData: true }));
  const resources = events.flatMap(({ lambdaFunctionScheduledEventDetails: details }) => (details ? [details.resource] : []));
  return [...new Set(resources.map((resource) => resource.split(':').at(-1) ?? ''))].toSorted();
}

export const upgrade: OwnScenario = {
  name: 'upgrade-in-the-middle',
  title:
    'Another version is deployed in the middle of a rollout, which ends on the versions that it began with; the next one has the new ones',
  promises: ['O6'],
  risksDeployment: true,
  on: ({ apis, redeploy }) => ({
    requestsPerSecond: 10,
    spec: { checkout: pausedForCdk },
    story: async (stage) => {
      stage.push('v2');
      await stage.untilPhase('paused');
      const folder = await anotherRelease();
      try {
        await redeploy(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      await stage.call('Operate', { rollout: 'checkout', action: 'resume', by: 'ada', why: 'The new release is there.' });
      await stage.untilState('Succeeded');
      const another = await stage.console({ rollout: 'checkout', image: 'v1', force: { by: 'ada', why: 'Back to what it was.' } });
      await stage.until('the second rollout', async () => (await stage.records('checkout')).length === 2);
      await stage.call('Abort', { rollout: 'checkout', by: 'ada', why: 'Seen enough.' });
      await stage.sandbox.engine.untilEnded(another);
    },
    expected: {
      rollouts: [
        { rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [10, 100, 0] },
        { rollout: 'checkout', tag: 'v1', phase: 'rolledBack', reason: 'abort', weights: [] },
      ],
      badAnswers: [0, 0],
      stable: { checkout: 'v2' },
    },
    check: async ({ executions }) => {
      const rollouts = executions.filter(({ machine }) => machine === 'rollout');
      const versions = await Promise.all(rollouts.map(({ arn }) => versionsOf(apis, arn)));
      const said = versions.map((each) => each.join('+')).join(', then ');
      return said === '1, then 2' ? [] : [`the executions called the versions ${said}`];
    },
  }),
};
