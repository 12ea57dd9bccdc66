import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import { Specs } from '../../../adapters/store/specs.ts';
import { StoreUnavailableError } from '../../../core/errors.ts';
import { namesOf } from '../names.ts';
import { parseOptions } from '../options.ts';
import { specOf } from '../spec.ts';
import { assertNobodyElseTakes, readCluster, readImages } from './account-reader.ts';

const names = namesOf('sluice-test', 'abc234');
const write = { out: () => undefined, err: () => undefined };
const options = parseOptions(['--cluster', 'shop', '--repository', 'shop/web', '--stable-tag', 'v1', '--canary-tag', 'v2'], write);
const repositoryUri = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web';

const cluster = {
  status: 'ACTIVE' as const,
  endpoint: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com',
  certificateAuthority: { data: Buffer.from('PEM').toString('base64') },
  accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' as const },
  resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'] },
};

describe('the cluster of a test', () => {
  it('has an address, an authority and access entries', () => {
    expect(readCluster('shop', cluster, false)).toEqual({
      endpoint: cluster.endpoint,
      certificateAuthority: 'PEM',
      authenticationMode: 'API_AND_CONFIG_MAP',
    });
  });

  it.each([
    ['that is being made', { ...cluster, status: 'CREATING' as const }, 'is not ACTIVE, but CREATING'],
    [
      'that knows only aws-auth',
      { ...cluster, accessConfig: { authenticationMode: 'CONFIG_MAP' as const } },
      'aws eks update-cluster-config --name shop --access-config authenticationMode=API_AND_CONFIG_MAP',
    ],
    ['of before there were access entries', { ...cluster, accessConfig: undefined }, 'its authentication mode is CONFIG_MAP'],
    ['whose API is private', { ...cluster, resourcesVpcConfig: { endpointPublicAccess: false } }, 'Set `vpc`'],
    [
      'whose API lets an office in',
      { ...cluster, resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['198.51.100.0/24'] } },
      'cannot be reached from everywhere',
    ],
  ])('is refused: one %s', (_, described, said) => {
    expect(() => readCluster('shop', described, false)).toThrow(said);
  });

  it('may be private where the functions are in its VPC', () => {
    const inside = { ...cluster, resourcesVpcConfig: { endpointPublicAccess: false } };
    expect(readCluster('shop', inside, true).endpoint).toBe(cluster.endpoint);
  });
});

describe('the images of a test', () => {
  const registry = (digests: Readonly<Record<string, string>>) => ({
    uri: async () => repositoryUri,
    digestOf: async (tag: string) => digests[tag] ?? '',
  });

  it('are two', async () => {
    expect(await readImages(registry({ v1: 'sha256:a', v2: 'sha256:b' }), options)).toEqual({
      repositoryUri,
      digests: { stable: 'sha256:a', canary: 'sha256:b' },
    });
    await expect(readImages(registry({ v1: 'sha256:a', v2: 'sha256:a' }), options)).rejects.toThrow('one and the same image');
  });
});

describe('a Sluice that is deployed already', () => {
  const deployed = async (tags: readonly string[]) => {
    const store = createMemoryStore();
    const spec = specOf({ ...names, service: 'checkout', tagPattern: 'v*' }, { cluster: 'shop', repositoryUri });
    await new Specs(store).apply({ ...spec, image: { repository: repositoryUri, tags: [...tags] } }, 0);
    return store;
  };

  it('stands in the way where it would take the pushes of the test', async () => {
    await expect(assertNobodyElseTakes(await deployed(['*']), repositoryUri, names)).rejects.toThrow(
      'The rollout checkout of your deployment sluice would take',
    );
  });

  it('does not where its tags are others, where there is none, or where it may not be read', async () => {
    await assertNobodyElseTakes(await deployed(['v*']), repositoryUri, names);
    await assertNobodyElseTakes(await deployed(['*']), '111122223333.dkr.ecr.eu-west-1.amazonaws.com/other', names);
    const list = async () => {
      throw new StoreUnavailableError('There is no table sluice.', { remedy: 'Deploy it.' });
    };
    await assertNobodyElseTakes({ ...createMemoryStore(), list }, repositoryUri, names);
  });
});
