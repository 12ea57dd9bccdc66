import { repositoryPattern } from './rollout-spec.ts';

/** An image as somebody named it. At least one of tag and digest is there; where both are, the digest says which image it is. */
export interface ImageReference {
  /** Absent where only a tag or a digest was given: then it is the spec's repository. */
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** The grammar of the OCI distribution spec (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull). */
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads a tag, a digest, or a full reference; undefined for anything else. That the repository is the spec's is checked where the
 * spec is known.
 *
 * @example parseImageReference('v2') // { tag: 'v2' }
 * @example parseImageReference('registry.example.com/shop/checkout:v2') // { repository: 'registry.example.com/shop/checkout', tag: 'v2' }
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (digestPattern.test(text)) return { digest: text };
  if (tagPattern.test(text)) return { tag: text };
  const [name = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !digestPattern.test(digest))) return undefined;
  // A colon after the last slash begins a tag; one before it belongs to the registry's port.
  const colon = name.indexOf(':', name.lastIndexOf('/'));
  const repository = colon === -1 ? name : name.slice(0, colon);
  const tag = colon === -1 ? undefined : name.slice(colon + 1);
  if (!repositoryPattern.test(repository) || (tag !== undefined && !tagPattern.test(tag))) return undefined;
  if (tag === undefined && digest === undefined) return undefined;
  return { repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}
