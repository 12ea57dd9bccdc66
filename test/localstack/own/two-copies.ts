import * as z from 'zod/mini';
import type { Apis } from '../tier/apis.ts';
import { machineArn } from '../tier/watched-executions.ts';
import type { OwnScenario } from './own-scenario.ts';

const listed = z.object({ executions: z.array(z.object({ executionArn: z.string() })) });

/** How the executions of another copy ended that a push to this repository has started there. */
async function endsElsewhere({ states, ...apis }: Apis, neighbour: string, repository: string): Promise<string[]> {
  const stateMachineArn = machineArn(apis, neighbour, 'rollout');
  const { executions } = listed.parse(await states('ListExecutions', { stateMachineArn, maxResults: 200 }));
  const ends = await Promise.all(
    executions.map(async ({ executionArn }) => {
      const about = z.object({ input: z.string(), status: z.string(), output: z.nullish(z.string()) });
      const { input, status, output } = about.parse(await states('DescribeExecution', { executionArn }));
      return input.includes(`"${repository}"`) ? [`${status} ${output ?? ''}`] : [];
    }),
  );
  return ends.flat();
}

export const twoCopies: OwnScenario = {
  name: 'two-copies-in-one-account',
  title: 'Another copy of Sluice hears of the same push, has no spec that takes it, and leaves it alone',
  promises: ['O1'],
  on: ({ apis, neighbours }) => {
    const repositories: string[] = [];
    return {
      requestsPerSecond: 10,
      spec: { checkout: (usual) => ({ ...usual, steps: [{ weight: 100, bake: '5s' }] }) },
      story: async (stage) => {
        repositories.push(stage.sandbox.repositoryOf('checkout').split('/').slice(1).join('/'));
        stage.push('v2');
        await stage.untilState('Succeeded');
      },
      expected: {
        rollouts: [{ rollout: 'checkout', tag: 'v2', phase: 'succeeded', weights: [100, 0] }],
        badAnswers: [0, 0],
        stable: { checkout: 'v2' },
      },
      check: async () => {
        const heard = await Promise.all(neighbours.map((neighbour) => endsElsewhere(apis, neighbour, repositories[0] ?? '')));
        const ends = heard.flat();
        const left = ends.filter((end) => end.startsWith('SUCCEEDED') && end.includes('ignored'));
        return left.length > 0 && left.length === ends.length ? [] : [`the other copies ended: ${ends.join('; ')}`];
      },
    };
  },
};
