import * as z from 'zod/mini';
import { NotFoundError } from '../../../core/errors.ts';
import type { ImageFound, ImageRegistry } from '../../../core/ports.ts';
import { type Answer, refusal } from './answer.ts';

const describeImages = z.object({
  registryId: z.optional(z.string()),
  repositoryName: z.string(),
  imageIds: z.optional(z.array(z.object({ imageDigest: z.optional(z.string()), imageTag: z.optional(z.string()) }))),
  maxResults: z.optional(z.number()),
  nextToken: z.optional(z.string()),
});

/**
 * ECR's DescribeImages, as far as Sluice asks: some images by tag or digest, or all tagged ones, a page at a time. Of several registries
 * the first one that has the images answers, so scenarios that run side by side name their repositories apart.
 *
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
 */
export async function answerDescribeImages(registries: readonly ImageRegistry[], body: unknown): Promise<Answer> {
  const request = describeImages.safeParse(body);
  if (!request.success) return refusal(400, 'InvalidParameterException', z.prettifyError(request.error));
  const { registryId, repositoryName, imageIds, maxResults = 100, nextToken = '0' } = request.data;
  try {
    const found = await (imageIds === undefined
      ? listed(registries, repositoryName)
      : named(
          registries,
          repositoryName,
          imageIds.map(({ imageDigest, imageTag }) => imageDigest ?? imageTag ?? ''),
        ));
    if (found === undefined) return refusal(400, 'ImageNotFoundException', `The repository ${repositoryName} has no such image.`);
    const from = Number(nextToken);
    const page = found.slice(from, from + maxResults);
    const details = page.map(({ digest, tags, pushedAtMs }) => ({
      registryId,
      repositoryName,
      imageDigest: digest,
      imageTags: tags,
      imagePushedAt: pushedAtMs / 1000,
    }));
    const isLast = from + maxResults >= found.length;
    return { status: 200, body: { imageDetails: details, ...(isLast ? {} : { nextToken: String(from + maxResults) }) } };
  } catch (error) {
    return refusal(500, 'ServerException', error instanceof Error ? error.message : String(error));
  }
}

async function named(
  registries: readonly ImageRegistry[],
  repository: string,
  references: readonly string[],
): Promise<ImageFound[] | undefined> {
  for (const registry of registries) {
    try {
      return await Promise.all(references.map((reference) => registry.resolve(repository, reference)));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return undefined;
}

async function listed(registries: readonly ImageRegistry[], repository: string): Promise<ImageFound[]> {
  for (const registry of registries) {
    const images = await registry.pushedSince(repository, Number.NEGATIVE_INFINITY);
    if (images.length > 0) return images;
  }
  return [];
}
