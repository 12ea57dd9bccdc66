import { isDeepStrictEqual } from 'node:util';
import { RouteRejectedError } from '../../core/errors.ts';
import type { KubernetesApi, RouteTarget, SplitWrite } from '../../core/ports.ts';
import { wholeSide } from '../../core/traffic/split.ts';
import { type Instead, isDenial, patchObject } from './patch-object.ts';
import type { RouteDialect } from './route-dialect.ts';
import type { Place } from './route-objects.ts';

/**
 * What is written in place of a patch that takes all traffic to one side, where somebody forbids that patch: a webhook that lets nobody change more
 * than weights, or remove a rule. First the weights with the inserted rules turned to the safe side, then the weights alone. Both are tested and
 * fenced as the whole is. The rest is taken away with the canary.
 */
export function writingLess(api: KubernetesApi, dialect: RouteDialect, place: Place, target: RouteTarget, write: SplitWrite): Instead {
  const { weightsPatch } = dialect;
  const safe = wholeSide(write.split) ?? 'stable';
  const ways = [
    { turned: true, said: `the weights, and that its inserted rules lead to ${safe}.` },
    { turned: false, said: 'the weights. Requests that its inserted rules fit still go where those lead.' },
  ];
  return async ({ found, patch, objection }) => {
    let { operations } = patch;
    for (const { turned, said } of weightsPatch === undefined ? [] : ways) {
      const lesser = ({ object, routes }: typeof found) => weightsPatch?.(object, routes, target, write, turned) ?? patch;
      const next = lesser(found).operations;
      if (isDeepStrictEqual(next, operations)) continue;
      operations = next;
      try {
        await patchObject(api, place, lesser);
        const { namespace, name } = place.ref;
        return `${place.kind} ${namespace}/${name} took no more than ${said} The rest is to go with the canary. It was objected to the whole: ${objection}`;
      } catch (error) {
        if (!isDenial(error) && !(error instanceof RouteRejectedError)) throw error;
      }
    }
    return undefined;
  };
}
