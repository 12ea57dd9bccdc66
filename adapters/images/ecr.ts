import { DescribeImagesCommand, type DescribeImagesCommandOutput, type ImageDetail } from '@aws-sdk/client-ecr';
import { AwsUnavailableError, InvalidInputError, NotFoundError } from '../../core/errors.ts';
import type { ImageFound, ImageRegistry } from '../../core/ports.ts';
import { withoutCredentials } from '../../core/without-credentials.ts';

export { ECRClient } from '@aws-sdk/client-ecr';

/** The part of ECRClient that is used. */
export interface EcrSender {
  send(command: DescribeImagesCommand): Promise<DescribeImagesCommandOutput>;
}

/** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`, in China with `.cn`, for FIPS with `ecr-fips`; and the dual-stack host. */
const repositoryPattern =
  /^(?<account>\d{12})\.dkr(?:\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?|-ecr(?:-fips)?\.(?<dualRegion>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))\/(?<name>.+)$/;

/** What a page of DescribeImages may hold; 100 where it is not said. */
const imagesPerPage = 1000;

/**
 * Amazon ECR. The account and the region stand in the repository's host, so one registry serves images of other accounts and
 * regions too, where their policies let the role in.
 *
 * ECR can neither sort nor filter by time: `pushedSince` reads every tagged image of the repository, a thousand a page (a
 * repository holds up to 100,000), and picks. So the sweep asks seldom, and lifecycle policies keep repositories small.
 *
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
 */
export function createEcrRegistry(clientFor: (region: string) => EcrSender): ImageRegistry {
  const describe = async (repository: string, input: Omit<DescribeImagesCommand['input'], 'registryId' | 'repositoryName'>) => {
    const { registryId, region, repositoryName } = parseRepository(repository);
    return clientFor(region).send(new DescribeImagesCommand({ registryId, repositoryName, ...input }));
  };

  return {
    async resolve(repository, reference) {
      const imageId = reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference };
      const answer = await named(`${repository} (${reference})`, () => describe(repository, { imageIds: [imageId] }));
      const [found] = (answer.imageDetails ?? []).flatMap((detail) => toImage(repository, detail));
      if (found === undefined) throw notFound(`${repository} (${reference})`);
      return found;
    },

    async pushedSince(repository, sinceMs) {
      const found: ImageFound[] = [];
      let nextToken: string | undefined;
      do {
        const page = { filter: { tagStatus: 'TAGGED' as const }, maxResults: imagesPerPage, ...(nextToken ? { nextToken } : {}) };
        const answer = await named(repository, () => describe(repository, page));
        found.push(...(answer.imageDetails ?? []).flatMap((detail) => toImage(repository, detail)));
        nextToken = answer.nextToken;
      } while (nextToken);
      return found.filter((image) => image.pushedAtMs > sinceMs).toSorted((a, b) => b.pushedAtMs - a.pushedAtMs);
    },
  };
}

function parseRepository(repository: string): { registryId: string; region: string; repositoryName: string } {
  const { account, region, dualRegion, name } = repositoryPattern.exec(repository)?.groups ?? {};
  const foundRegion = region ?? dualRegion;
  if (account === undefined || foundRegion === undefined || name === undefined) {
    throw new InvalidInputError(`The image repository ${repository} is not one of Amazon ECR.`, {
      remedy: 'Write it with its registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout.',
    });
  }
  return { registryId: account, region: foundRegion, repositoryName: name };
}

/** Nothing for a detail that lacks its digest or time, which ECR answers only for images that are not complete. */
function toImage(repository: string, detail: ImageDetail): ImageFound[] {
  if (detail.imageDigest === undefined || detail.imagePushedAt === undefined) return [];
  return [{ repository, tags: detail.imageTags ?? [], digest: detail.imageDigest, pushedAtMs: detail.imagePushedAt.getTime() }];
}

async function named<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    if (name === 'ImageNotFoundException' || name === 'RepositoryNotFoundException') throw notFound(what, error);
    throw new AwsUnavailableError(`ECR did not answer DescribeImages for ${what}: ${name}, ${withoutCredentials(message)}.`, {
      remedy: 'Try again later; check that the role may do ecr:DescribeImages on the repository, also in its own policy.',
      cause: error,
    });
  }
}

function notFound(what: string, cause?: unknown): NotFoundError {
  return new NotFoundError(`ECR has no image ${what}.`, {
    remedy: 'Check the name of the repository and the tag or digest, and whether a lifecycle policy removed the image.',
    cause,
  });
}
