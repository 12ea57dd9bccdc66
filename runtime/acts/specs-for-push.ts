import type { Specs, StoredSpec } from '../../adapters/store/specs.ts';
import type { ImagePush } from '../../core/spec/events.ts';
import { matchesTag } from '../../core/spec/tag-match.ts';

/** The specs that a push starts a rollout of, by name: those that take the tag, without the retired ones. The first is its own execution's. */
export async function specsForPush(specs: Specs, { repository, tag }: ImagePush): Promise<StoredSpec[]> {
  const names = await specs.namesForRepository(repository);
  const loaded = await Promise.all(names.map((name) => specs.load(name)));
  return loaded.filter(({ spec, retiredAtMs }) => retiredAtMs === undefined && matchesTag(tag, spec.image.tags));
}
