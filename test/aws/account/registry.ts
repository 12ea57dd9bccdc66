import {
  BatchDeleteImageCommand,
  type BatchDeleteImageCommandOutput,
  BatchGetImageCommand,
  type BatchGetImageCommandOutput,
  DescribeImagesCommand,
  type DescribeImagesCommandOutput,
  DescribeRepositoriesCommand,
  type DescribeRepositoriesCommandOutput,
  PutImageCommand,
  type PutImageCommandOutput,
} from '@aws-sdk/client-ecr';
import { AwsUnavailableError, NotFoundError } from '../../../core/errors.ts';
import { asking } from './clients.ts';

/** The part of ECRClient that is used. */
export interface RegistrySender {
  send(command: DescribeRepositoriesCommand): Promise<DescribeRepositoriesCommandOutput>;
  send(command: DescribeImagesCommand): Promise<DescribeImagesCommandOutput>;
  send(command: BatchGetImageCommand): Promise<BatchGetImageCommandOutput>;
  send(command: PutImageCommand): Promise<PutImageCommandOutput>;
  send(command: BatchDeleteImageCommand): Promise<BatchDeleteImageCommandOutput>;
}

/** Without these ECR answers in the oldest form, and an index as one of its images. */
const acceptedMediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** One repository of ECR, as far as the test works in it. */
export class Registry {
  readonly #ecr: RegistrySender;
  readonly #name: string;

  constructor(ecr: RegistrySender, repositoryName: string) {
    this.#ecr = ecr;
    this.#name = repositoryName;
  }

  /** With the registry: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout`. @throws NotFoundError */
  async uri(): Promise<string> {
    const command = new DescribeRepositoriesCommand({ repositoryNames: [this.#name] });
    const answer = await this.#found('ecr:DescribeRepositories', 'it', () => this.#ecr.send(command));
    const uri = answer.repositories?.[0]?.repositoryUri;
    if (uri === undefined) throw this.#notFound('it', undefined);
    return uri;
  }

  /** @throws NotFoundError */
  async digestOf(tag: string): Promise<string> {
    const command = new DescribeImagesCommand({ repositoryName: this.#name, imageIds: [{ imageTag: tag }] });
    const answer = await this.#found('ecr:DescribeImages', `an image ${tag}`, () => this.#ecr.send(command));
    const digest = answer.imageDetails?.[0]?.imageDigest;
    if (digest === undefined) throw this.#notFound(`an image ${tag}`, undefined);
    return digest;
  }

  /**
   * Puts the manifest of an image under one more tag. To ECR that is a push like any other, event included, and no layer moves.
   * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-retag.html
   */
  async retag(digest: string, tag: string): Promise<void> {
    const repositoryName = this.#name;
    const get = new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }], acceptedMediaTypes });
    const { images = [], failures = [] } = await asking('ecr:BatchGetImage', () => this.#ecr.send(get));
    const { imageManifest, imageManifestMediaType } = images[0] ?? {};
    if (imageManifest === undefined) {
      throw new AwsUnavailableError(`ECR gave no manifest of ${digest}: ${failures[0]?.failureReason ?? 'it did not say why'}.`, {
        remedy: 'See in the console of ECR whether the image is complete.',
      });
    }
    const put = new PutImageCommand({
      repositoryName,
      imageManifest,
      imageTag: tag,
      ...(imageManifestMediaType === undefined ? {} : { imageManifestMediaType }),
    });
    await asking('ecr:PutImage', () => this.#ecr.send(put));
  }

  /**
   * Takes a tag away. ECR removes an image with its last tag, so one that has no other is left, and named.
   * @throws AwsUnavailableError
   */
  async untag(tag: string): Promise<void> {
    const repositoryName = this.#name;
    const imageIds = [{ imageTag: tag }];
    const describe = new DescribeImagesCommand({ repositoryName, imageIds });
    const described = await asking('ecr:DescribeImages', () => this.#ecr.send(describe)).catch((error: unknown) => {
      if (isAbsence(error)) return undefined;
      throw error;
    });
    if (described === undefined) return;
    const others = (described.imageDetails?.[0]?.imageTags ?? []).filter((other) => other !== tag);
    if (others.length === 0) {
      throw new AwsUnavailableError(`${tag} is the only tag of its image by now, and ECR would remove the image with it.`, {
        remedy: 'Tag the image anew, and remove this tag then.',
      });
    }
    const { failures = [] } = await asking('ecr:BatchDeleteImage', () =>
      this.#ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds })),
    );
    const [failure] = failures.filter(({ failureCode }) => failureCode !== 'ImageNotFound');
    if (failure === undefined) return;
    throw new AwsUnavailableError(`ECR did not take the tag ${tag} away: ${failure.failureReason ?? failure.failureCode}.`, {
      remedy: 'Try it by hand.',
    });
  }

  async #found<T>(permission: string, what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await asking(permission, call);
    } catch (error) {
      throw isAbsence(error) ? this.#notFound(what, error) : error;
    }
  }

  #notFound(what: string, cause: unknown): NotFoundError {
    return new NotFoundError(`The repository ${this.#name} does not have ${what}, or does not exist in this account and region.`, {
      remedy: 'Correct --repository, --stable-tag or --canary-tag, or --region; or push the image.',
      cause,
    });
  }
}

function isAbsence(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && (cause.name === 'ImageNotFoundException' || cause.name === 'RepositoryNotFoundException');
}
