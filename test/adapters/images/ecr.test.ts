import { type DescribeImagesCommand, ECRClient, type ImageDetail } from '@aws-sdk/client-ecr';
import { describe, expect, it } from 'vitest';
import { createEcrRegistry, type EcrSender } from '../../../adapters/images/ecr.ts';
import { AwsUnavailableError, InvalidInputError, NotFoundError } from '../../../core/errors.ts';
import { imageRegistryContract } from '../../contract/image-registry.ts';

const host = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const named = (name: string) => Object.assign(new Error('as the test wishes'), { name });

/** One account's registry with one repository, `shop/checkout`; pages of two. */
class FakeEcr implements EcrSender {
  readonly images: ImageDetail[] = [];
  readonly inputs: DescribeImagesCommand['input'][] = [];

  async send({ input }: DescribeImagesCommand) {
    this.inputs.push(input);
    if (input.repositoryName !== 'shop/checkout') throw named('RepositoryNotFoundException');
    if (input.imageIds !== undefined) {
      if (input.maxResults !== undefined || input.filter !== undefined) throw named('InvalidParameterException');
      const [id] = input.imageIds;
      const found = this.images.filter((image) =>
        id?.imageTag === undefined ? image.imageDigest === id?.imageDigest : image.imageTags?.includes(id.imageTag),
      );
      if (found.length === 0) throw named('ImageNotFoundException');
      return { imageDetails: found, $metadata: {} };
    }
    const tagged = this.images.filter((image) => input.filter?.tagStatus !== 'TAGGED' || (image.imageTags?.length ?? 0) > 0);
    const start = Number(input.nextToken ?? 0);
    const more = start + 2 < tagged.length ? { nextToken: `${start + 2}` } : {};
    return { imageDetails: tagged.slice(start, start + 2), ...more, $metadata: {} };
  }
}

imageRegistryContract('Amazon ECR', () => {
  const ecr = new FakeEcr();
  return {
    registry: createEcrRegistry(() => ecr),
    repository: `${host}/shop/checkout`,
    missingRepository: `${host}/shop/basket`,
    push: ({ tags, digest, pushedAtMs }) => {
      ecr.images.push({ imageDigest: digest, imagePushedAt: new Date(pushedAtMs), ...(tags.length > 0 ? { imageTags: [...tags] } : {}) });
    },
  };
});

describe('Amazon ECR', () => {
  it("takes the SDK's clients", () => {
    expect(createEcrRegistry((region) => new ECRClient({ region }))).toBeDefined();
  });

  it.each([
    [`${host}/shop/checkout`, '111122223333', 'eu-west-1'],
    ['444455556666.dkr.ecr.us-gov-west-1.amazonaws.com/shop/checkout', '444455556666', 'us-gov-west-1'],
    ['444455556666.dkr.ecr-fips.us-east-1.amazonaws.com/shop/checkout', '444455556666', 'us-east-1'],
    ['444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn/shop/checkout', '444455556666', 'cn-north-1'],
    ['444455556666.dkr-ecr.eu-west-1.on.aws/shop/checkout', '444455556666', 'eu-west-1'],
  ])('asks for %s in the account %s and the region %s', async (repository, registryId, region) => {
    const ecr = new FakeEcr();
    const regions: string[] = [];
    const registry = createEcrRegistry((asked) => {
      regions.push(asked);
      return ecr;
    });
    await registry.pushedSince(repository, 0);
    expect(regions).toEqual([region]);
    expect(ecr.inputs).toMatchObject([{ registryId, repositoryName: 'shop/checkout', filter: { tagStatus: 'TAGGED' } }]);
  });

  it.each([
    'docker.io/library/nginx',
    'public.ecr.aws/shop/checkout',
    `${host}`,
    `${host}/`,
    `evil.example/${host}/shop/checkout`,
    '1111.dkr.ecr.eu-west-1.amazonaws.com/x',
  ])('refuses %s, which is none of its repositories', async (repository) => {
    const registry = createEcrRegistry(() => new FakeEcr());
    await expect(registry.resolve(repository, 'v1')).rejects.toThrow(InvalidInputError);
    await expect(registry.pushedSince(repository, 0)).rejects.toThrow('Write it with its registry');
  });

  it.each(['ThrottlingException', 'AccessDeniedException', 'TimeoutError'])(
    'is unavailable after %s, and keeps the cause',
    async (name) => {
      const cause = named(name);
      const registry = createEcrRegistry(() => ({ send: () => Promise.reject(cause) }));
      await expect(registry.resolve(`${host}/shop/checkout`, 'v1')).rejects.toMatchObject({ name: 'AwsUnavailableError', cause });
      await expect(registry.pushedSince(`${host}/shop/checkout`, 0)).rejects.toThrow(AwsUnavailableError);
    },
  );

  it('does not find an image of which ECR tells neither digest nor time', async () => {
    const registry = createEcrRegistry(() => ({ send: async () => ({ imageDetails: [{ imageTags: ['v1'] }], $metadata: {} }) }));
    await expect(registry.resolve(`${host}/shop/checkout`, 'v1')).rejects.toThrow(NotFoundError);
  });
});
