import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../core/errors.ts';
import type { ImageFound, ImageRegistry } from '../../core/ports.ts';

export interface ImageRegistrySetUp {
  readonly registry: ImageRegistry;
  /** A repository that exists and is empty, and one that does not exist. */
  readonly repository: string;
  readonly missingRepository: string;
  push(image: Omit<ImageFound, 'repository'>): void | Promise<void>;
}

const digestOf = (n: number) => `sha256:${`${n}`.padStart(64, '0')}`;
const startMs = Date.UTC(2026, 0, 5);
const anImage = (n: number, tags: readonly string[] = [`v${n}`]) => ({ tags, digest: digestOf(n), pushedAtMs: startMs + n * 60_000 });

/** What every ImageRegistry does. */
export function imageRegistryContract(name: string, setUp: () => ImageRegistrySetUp | Promise<ImageRegistrySetUp>): void {
  describe(`${name} as an ImageRegistry`, () => {
    it.each([
      ['a tag', 'v1'],
      ['another tag of the same image', 'latest'],
      ['a digest', digestOf(1)],
    ])('resolves %s to the image', async (_, reference) => {
      const { registry, repository, push } = await setUp();
      await push(anImage(1, ['v1', 'latest']));
      await push(anImage(2));
      const found = await registry.resolve(repository, reference);
      expect(found).toEqual({ repository, ...anImage(1, expect.arrayContaining(['v1', 'latest'])) });
    });

    it('resolves an image without a tag by its digest', async () => {
      const { registry, repository, push } = await setUp();
      await push(anImage(1, []));
      expect(await registry.resolve(repository, digestOf(1))).toEqual({ repository, ...anImage(1, []) });
    });

    it.each(['v9', digestOf(9)])('does not find %s', async (reference) => {
      const { registry, repository, missingRepository, push } = await setUp();
      await push(anImage(1));
      await expect(registry.resolve(repository, reference)).rejects.toThrow(NotFoundError);
      await expect(registry.resolve(repository, reference)).rejects.toThrow(reference);
      await expect(registry.resolve(missingRepository, reference)).rejects.toThrow(NotFoundError);
    });

    it('lists the images with a tag that were pushed after a time, newest first', async () => {
      const { registry, repository, push } = await setUp();
      for (const n of [3, 1, 4, 2]) await push(anImage(n));
      await push(anImage(5, []));
      const found = await registry.pushedSince(repository, startMs + 2 * 60_000);
      expect(found).toEqual([
        { repository, ...anImage(4) },
        { repository, ...anImage(3) },
      ]);
    });

    it('lists nothing for an empty repository, and does not find one that does not exist', async () => {
      const { registry, repository, missingRepository } = await setUp();
      expect(await registry.pushedSince(repository, 0)).toEqual([]);
      await expect(registry.pushedSince(missingRepository, 0)).rejects.toThrow(NotFoundError);
    });
  });
}
