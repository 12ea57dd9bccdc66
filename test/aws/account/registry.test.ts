import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, it } from 'vitest';
import { Registry, type RegistrySender } from './registry.ts';

interface StoredImage {
  readonly digest: string;
  tags: string[];
}

class Refusal extends Error {
  constructor(name: string) {
    super('it is not there');
    this.name = name;
  }
}

/** One repository of ECR, as far as the registry speaks with it. */
function fakeEcr(images: StoredImage[]) {
  const puts: unknown[] = [];
  const find = (tag: string | undefined, digest: string | undefined) => {
    const image = images.find(({ tags, digest: own }) => (tag === undefined ? own === digest : tags.includes(tag)));
    if (image === undefined) throw new Refusal('ImageNotFoundException');
    return image;
  };
  const send = async (command: unknown) => {
    const $metadata = {};
    if (command instanceof DescribeRepositoriesCommand) return { $metadata, repositories: [{ repositoryUri: 'registry/shop/web' }] };
    if (command instanceof DescribeImagesCommand) {
      const { digest, tags } = find(command.input.imageIds?.[0]?.imageTag, undefined);
      return { $metadata, imageDetails: [{ imageDigest: digest, imageTags: [...tags] }] };
    }
    if (command instanceof BatchGetImageCommand) {
      const image = images.find(({ digest }) => digest === command.input.imageIds?.[0]?.imageDigest);
      if (image === undefined) return { $metadata, images: [], failures: [{ failureReason: 'Requested image not found' }] };
      return { $metadata, images: [{ imageManifest: `manifest of ${image.digest}`, imageManifestMediaType: 'an index' }] };
    }
    if (command instanceof PutImageCommand) {
      puts.push(command.input);
      images.find(({ digest }) => command.input.imageManifest === `manifest of ${digest}`)?.tags.push(command.input.imageTag ?? '');
      return { $metadata };
    }
    if (command instanceof BatchDeleteImageCommand) {
      const image = find(command.input.imageIds?.[0]?.imageTag, undefined);
      image.tags = image.tags.filter((tag) => tag !== command.input.imageIds?.[0]?.imageTag);
      return { $metadata, failures: [] };
    }
    throw new Error('unknown command');
  };
  return { puts, images, registry: new Registry({ send } as RegistrySender, 'shop/web') };
}

const v1 = (): StoredImage => ({ digest: 'sha256:a', tags: ['v1'] });

describe('the repository of a test', () => {
  it('puts the manifest as it is under one more tag, and takes the tag away again', async () => {
    const { registry, puts, images } = fakeEcr([v1()]);
    expect(await registry.uri()).toBe('registry/shop/web');
    await registry.retag(await registry.digestOf('v1'), 'test-push');
    expect(puts).toEqual([
      { repositoryName: 'shop/web', imageManifest: 'manifest of sha256:a', imageManifestMediaType: 'an index', imageTag: 'test-push' },
    ]);
    expect(images[0]?.tags).toEqual(['v1', 'test-push']);
    await registry.untag('test-push');
    await registry.untag('test-push');
    expect(images[0]?.tags).toEqual(['v1']);
  });

  it('never removes an image: a tag that has become its last one is left', async () => {
    const { registry, images } = fakeEcr([{ digest: 'sha256:a', tags: ['test-push'] }]);
    await expect(registry.untag('test-push')).rejects.toThrow('test-push is the only tag of its image by now');
    expect(images[0]?.tags).toEqual(['test-push']);
  });

  it('says what is not there', async () => {
    const { registry } = fakeEcr([v1()]);
    await expect(registry.digestOf('v2')).rejects.toThrow('The repository shop/web does not have an image v2');
    await expect(registry.retag('sha256:b', 'test')).rejects.toThrow('Requested image not found');
  });

  it('says which right may be missing', async () => {
    const send = async () => {
      throw new Refusal('AccessDeniedException');
    };
    await expect(new Registry({ send } as RegistrySender, 'shop/web').uri()).rejects.toThrow(
      'AWS refused ecr:DescribeRepositories: AccessDeniedException, it is not there. See that you may do ecr:DescribeRepositories',
    );
  });
});
