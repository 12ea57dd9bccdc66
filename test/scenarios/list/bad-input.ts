import { listSpread } from '../../../adapters/store/spread-partitions.ts';
import type { Scenario } from '../scenario.ts';
import { refusals } from './begin-fails.ts';

/** What somebody types into the console, and what the cause of its end must say. */
function badInput(name: string, input: unknown, says: readonly string[]): Scenario {
  return {
    name: `bad-input-${name}`,
    title: `The console is given ${JSON.stringify(input)}: refused, with what is wrong and how to mend it`,
    promises: ['P1', 'P4'],
    requestsPerSecond: 1,
    story: async (stage) => {
      await stage.console(input);
      await stage.untilState('Refused');
    },
    expected: { rollouts: [], badAnswers: [0, 0], executions: { refused: 1, ignored: 0 } },
    check: async ({ executions, splits }, stage) => {
      const cause = executions[0]?.cause ?? '';
      const held = (await listSpread(stage.sandbox.deps.store, 'locks')).filter(({ value }) => value['rolloutId'] !== '');
      const told = refusals(stage).map(({ detail }) => String(detail['reason']));
      return [
        ...(told.length === 1 && says.every((part) => told[0]?.includes(part)) ? [] : [`it was told as ${told.join(' | ')}`]),
        ...says.filter((part) => !cause.includes(part)).map((part) => `the cause does not say "${part}": ${cause}`),
        ...(splits.length === 0 && held.length === 0 ? [] : ['something was written']),
      ];
    },
  };
}

const example = '{"rollout": "checkout"';

export const badInputs = [
  badInput('unknown-rollout', { rollout: 'chekout', image: 'v1' }, ['no rollout named chekout', 'checkout', 'sluice apply']),
  badInput('missing-image', { rollout: 'checkout' }, ['image', example]),
  badInput('missing-rollout', { image: 'v1' }, ['rollout', example]),
  badInput('empty', {}, ['rollout', 'image', example]),
  badInput('number', 42, [example]),
  badInput('unknown-key', { rollout: 'checkout', imgae: 'v1' }, ['imgae', 'did you mean `image`', example]),
  badInput('string', 'checkout', [example]),
  badInput('array', [{ rollout: 'checkout', image: 'v1' }], [example]),
  badInput('unknown-tag', { rollout: 'checkout', image: 'v9' }, ['v9', 'has no image']),
  badInput('another-repository', { rollout: 'checkout', image: 'registry.example.com/shop/cart:v1' }, [
    'registry.example.com/shop/cart:v1 is not an image of',
    'Give a tag or a digest of that repository',
  ]),
];
