import { createHash } from 'node:crypto';
import { AwsUnavailableError, InvalidInputError, NotFoundError } from '../core/errors.ts';
import type { ImageFound, ImageRegistry } from '../core/ports.ts';
import { whyNoImage } from '../core/spec/events.ts';
import type { SandboxClock } from './clock.ts';
import type { EventBus } from './eventbridge/event-bus.ts';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const imageConfigType = 'application/vnd.oci.image.config.v1+json';

export interface Push {
  /** `shop/checkout`, or with the registry's own host before it. */
  readonly repository: string;
  /** Left out for a push by digest. */
  readonly tag?: string;
  /** Made of repository and tag where left out, so that it is the same in each run; each further push of the tag has another. */
  readonly digest?: string;
  /** Of the manifest: an OCI image manifest, or an index where there are children. */
  readonly mediaType?: string;
  /** Of what the manifest describes: an image, unless a signature or an SBOM is pushed. */
  readonly artifactMediaType?: string;
  /** A multi-architecture push: the platforms, such as `linux/amd64`, or the digests of the manifests below the index. */
  readonly children?: readonly string[];
}

interface StoredImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAtMs: number;
  readonly manifestMediaType: string;
  readonly artifactMediaType: string | undefined;
}

/** The digest that a push of this text has: sha256, as a registry writes it. */
export function digestOf(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Amazon ECR in memory: one registry, of the bus's account and region, that sends ECR's own events. */
export class Ecr implements ImageRegistry {
  /** A fault: every answer is an error. Pushes still arrive. */
  down = false;
  readonly #clock: SandboxClock;
  readonly #bus: EventBus;
  readonly #onPush: (digest: string, tag: string) => void;
  readonly #host: string;
  readonly #repositories = new Map<string, Map<string, StoredImage>>();
  readonly #pushesOfTag = new Map<string, number>();

  /** `onPush` hears of each tagged push at once, whatever becomes of its event. */
  constructor({
    clock,
    bus,
    onPush = () => undefined,
  }: {
    readonly clock: SandboxClock;
    readonly bus: EventBus;
    readonly onPush?: (digest: string, tag: string) => void;
  }) {
    this.#clock = clock;
    this.#bus = bus;
    this.#onPush = onPush;
    this.#host = `${bus.account}.dkr.ecr.${bus.region}.amazonaws.com${bus.region.startsWith('cn-') ? '.cn' : ''}`;
  }

  /**
   * Pushes an image: its children first, each without a tag, then itself. A tag moves from the image that had it. What is
   * there already, tag and all, is refused by ECR and taken for done by Docker: nothing changes, and no event is sent.
   *
   * @throws InvalidInputError for a repository of another registry.
   */
  push({ repository, tag, digest, mediaType, artifactMediaType, children = [] }: Push): ImageFound {
    const name = this.#nameWithin(repository);
    if (name === undefined) {
      throw new InvalidInputError(`${repository} is not in the registry ${this.#host}.`, {
        remedy: 'Push to that registry, or leave the host out.',
      });
    }
    const content = this.#contentOf(name, tag, digest);
    for (const child of children) {
      const childDigest = child.startsWith('sha256:') ? child : digestOf(`${digest ?? content} ${child}`);
      this.#store(name, undefined, childDigest, manifestType, imageConfigType);
    }
    const isIndex = children.length > 0;
    const stored = this.#store(
      name,
      tag,
      digest ?? digestOf(content),
      mediaType ?? (isIndex ? indexType : manifestType),
      artifactMediaType ?? (isIndex ? undefined : imageConfigType),
    );
    return this.#found(name, stored);
  }

  async resolve(repository: string, reference: string): Promise<ImageFound> {
    const name = this.#answering(repository);
    const images = [...(this.#repositories.get(name ?? '')?.values() ?? [])];
    const image = images.find(({ digest, tags }) => digest === reference || tags.includes(reference));
    if (name === undefined || image === undefined) {
      throw new NotFoundError(`The registry has no image ${repository} (${reference}).`, { remedy: 'Push it, or check the name.' });
    }
    return this.#found(name, image);
  }

  /** As the port says; signatures and the like are no images, and are left out. */
  async pushedSince(repository: string, sinceMs: number): Promise<ImageFound[]> {
    const name = this.#answering(repository) ?? '';
    return [...(this.#repositories.get(name)?.values() ?? [])]
      .filter((image) => image.pushedAtMs > sinceMs && image.tags.some((tag) => whyNoImage({ ...image, tag }) === undefined))
      .toSorted((a, b) => b.pushedAtMs - a.pushedAtMs)
      .map((image) => this.#found(name, image));
  }

  #contentOf(name: string, tag: string | undefined, digest: string | undefined): string {
    const reference = `${name}:${tag ?? ''}`;
    if (digest !== undefined) return reference;
    const count = (this.#pushesOfTag.get(reference) ?? 0) + 1;
    this.#pushesOfTag.set(reference, count);
    return count === 1 ? reference : `${reference} push ${count}`;
  }

  #store(
    name: string,
    tag: string | undefined,
    digest: string,
    manifestMediaType: string,
    artifactMediaType: string | undefined,
  ): StoredImage {
    const images = this.#repositories.get(name) ?? new Map<string, StoredImage>();
    this.#repositories.set(name, images);
    const known = images.get(digest);
    if (known !== undefined && (tag === undefined || known.tags.includes(tag))) return known;
    for (const [other, image] of images) images.set(other, { ...image, tags: image.tags.filter((held) => held !== tag) });
    const tags = [...(known?.tags ?? []), ...(tag === undefined ? [] : [tag])];
    const stored = { digest, tags, pushedAtMs: Math.floor(this.#clock.now()), manifestMediaType, artifactMediaType };
    // Newest last, whatever was there under this digest before.
    images.delete(digest);
    images.set(digest, stored);
    if (tag !== undefined) this.#onPush(digest, tag);
    this.#announce(name, tag, stored);
    return stored;
  }

  #announce(name: string, tag: string | undefined, { digest, manifestMediaType, artifactMediaType }: StoredImage): void {
    this.#bus.putEvents([
      {
        source: 'aws.ecr',
        detailType: 'ECR Image Action',
        detail: {
          result: 'SUCCESS',
          'repository-name': name,
          'image-digest': digest,
          'action-type': 'PUSH',
          'image-tag': tag ?? '',
          'manifest-media-type': manifestMediaType,
          ...(artifactMediaType === undefined ? {} : { 'artifact-media-type': artifactMediaType }),
        },
      },
    ]);
  }

  #answering(repository: string): string | undefined {
    if (this.down) {
      throw new AwsUnavailableError('The sandbox says that ECR does not answer.', { remedy: 'Try again when the fault is over.' });
    }
    return this.#nameWithin(repository);
  }

  /** The name without the host; undefined where the host is another registry's. A first part with a dot is a host. */
  #nameWithin(repository: string): string | undefined {
    const [first = '', ...rest] = repository.split('/');
    if (rest.length === 0 || !first.includes('.')) return repository;
    return first === this.#host ? rest.join('/') : undefined;
  }

  #found(name: string, { tags, digest, pushedAtMs }: StoredImage): ImageFound {
    return { repository: `${this.#host}/${name}`, tags: [...tags], digest, pushedAtMs };
  }
}
