import { describe, expect, it } from 'vitest';
import type { SignedAnswer } from '../../../cli/connection/aws/signed-request.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { namesOf } from '../names.ts';
import { specOf } from '../spec.ts';
import { ControllerStack } from './controller-stack.ts';

const names = namesOf('sluice-test', 'abc234');
const credentials = async () => ({ accessKeyId: 'A', secretAccessKey: 's' });

function stackThatIs(answer: Pick<SignedAnswer, 'status' | 'text'>) {
  const asked: string[] = [];
  const stack = new ControllerStack({
    clients: {
      region: 'eu-west-1',
      setting: { region: 'eu-west-1', environment: {}, credentials, fetch, clock: new VirtualClock() },
      cloudFormation: async (_, __, body) => {
        asked.push(body);
        return { ...answer, header: () => undefined };
      },
    },
    prefix: names.prefix,
    account: '111122223333',
    spec: specOf(names, { cluster: 'shop', repositoryUri: 'registry.example/shop/web' }),
    tell: () => undefined,
  });
  return { asked, destroy: () => stack.destroy(new AbortController().signal) };
}

describe('the stack of a test', () => {
  it.each([
    ['never was', { status: 400, text: '<Code>ValidationError</Code><Message>Stack with id sluice-test-abc234 does not exist</Message>' }],
    ['is gone', { status: 200, text: '<StackStatus>DELETE_COMPLETE</StackStatus>' }],
  ])('is not removed where it %s', async (_, answer) => {
    const { asked, destroy } = stackThatIs(answer);
    await destroy();
    expect(new Set(asked)).toEqual(new Set(['Action=DescribeStacks&Version=2010-05-15&StackName=sluice-test-abc234']));
  });

  it('is not taken for gone where CloudFormation does not say', async () => {
    const { destroy } = stackThatIs({ status: 403, text: '<Code>AccessDenied</Code>' });
    await expect(destroy()).rejects.toThrow('CloudFormation did not say whether there is a stack sluice-test-abc234: AccessDenied.');
  });
});
