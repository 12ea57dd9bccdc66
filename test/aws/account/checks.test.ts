import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { TestCluster } from '../cluster/test-cluster.ts';
import { namesOf } from '../names.ts';
import { parseOptions } from '../options.ts';
import { holds, runChecks } from '../preflight.ts';
import type { AccountReader } from './account-reader.ts';
import { createChecks } from './checks.ts';

const write = { out: () => undefined, err: () => undefined };
const options = parseOptions(['--cluster', 'shop', '--repository', 'shop/web', '--stable-tag', 'v1', '--canary-tag', 'v2'], write);
const names = namesOf('sluice-test', 'abc234');

const reader: AccountReader = {
  identity: async () => ({ account: '111122223333', partition: 'aws', arn: 'arn:aws:sts::111122223333:assumed-role/owner/ada' }),
  cluster: async () => ({ endpoint: 'http://127.0.0.1:8001', certificateAuthority: 'PEM of shop', authenticationMode: 'API' }),
  images: async () => ({ repositoryUri: 'registry/shop/web', digests: { stable: 'sha256:aaaa', canary: 'sha256:bbbb' } }),
  assertNobodyElseTakes: async () => undefined,
  bootstrapVersion: async () => 28,
};

/** A kubeconfig that leads there, to a cluster that answers every request with this status. */
function setting(given: { reader?: Partial<AccountReader>; address?: string; authority?: string; answer?: number } = {}) {
  const { address = 'http://127.0.0.1:8001/', authority = '', answer = 200 } = given;
  const endpoint = { name: 'shop', endpoint: address, certificateAuthority: authority };
  return createChecks({
    options,
    names,
    region: 'eu-west-1',
    reader: { ...reader, ...given.reader },
    hasVpc: async () => false,
    link: async () => {
      const link = { context: 'admin', endpoint, token: undefined, transport: async () => ({ status: answer, headers: {}, body: '{}' }) };
      return { link, cluster: new TestCluster({ ...link, endpoint: { ...endpoint, endpoint: 'http://127.0.0.1:1' } }, new VirtualClock()) };
    },
  });
}

const problemsOf = async ({ checks }: ReturnType<typeof setting>) =>
  (await runChecks(checks)).flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem.message}`]));

describe('what must be there before anything is made', () => {
  it('is all looked at, and makes the facts', async () => {
    const { checks, facts } = setting();
    const checked = await runChecks(checks);
    expect(checked.map(({ name, found }) => `${name}: ${found}`)).toEqual([
      'account: 111122223333 in eu-west-1, as arn:aws:sts::111122223333:assumed-role/owner/ada',
      'cluster: shop, access entries by API',
      'kubeconfig: context admin, http://127.0.0.1:8001/',
      'Istio: VirtualServices are served as networking.istio.io/v1',
      'images: v1 is sha256:aaaa, v2 is sha256:bbbb',
      'other rollouts: none of the deployment sluice takes sluice-test-abc234-*',
      'CDK: bootstrapped, version 28',
    ]);
    expect(holds(checked)).toBe(true);
    expect(facts()).toMatchObject({ identity: { account: '111122223333' }, digests: { canary: 'sha256:bbbb' } });
  });

  it('does not hold where the kubeconfig leads to another cluster, but may lead to this one through a tunnel', async () => {
    expect(await problemsOf(setting({ address: 'https://other.example' }))).toEqual([
      'kubeconfig: The context admin leads to https://other.example, and the cluster shop is at http://127.0.0.1:8001.',
      'Istio: It was not looked at: the cluster cannot be reached.',
    ]);
    expect(await problemsOf(setting({ address: 'https://localhost:8443', authority: 'PEM of shop\n' }))).toEqual([]);
  });

  it.each([
    [404, 'Istio: The cluster of admin does not serve VirtualServices as networking.istio.io/v1.'],
    [403, 'Istio: The cluster of admin did not let us list VirtualServices in the namespace default: HTTP 403.'],
  ])('does not hold where the cluster answers %i for VirtualServices', async (answer, problem) => {
    expect(await problemsOf(setting({ answer }))).toEqual([problem]);
  });

  it('does not hold without images, and goes on looking', async () => {
    const images = async () => {
      throw new NotFoundError('There is no v2.', { remedy: 'Push it.' });
    };
    const checks = setting({ reader: { images } });
    expect(await problemsOf(checks)).toEqual([
      'images: There is no v2.',
      'other rollouts: It was not looked at: the repository is not known.',
    ]);
    expect(() => checks.facts()).toThrow('not all of it was looked at');
  });
});
