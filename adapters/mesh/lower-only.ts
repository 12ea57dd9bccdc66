import { WriteConflictError } from '../../core/errors.ts';
import type { KubernetesObject, RouteTarget, SplitWrite } from '../../core/ports.ts';
import type { RouteRef } from '../../core/spec/router-spec.ts';
import type { RouteDialect } from './route-dialect.ts';
import { routeName } from './route-name.ts';
import { unlessRejected } from './unless-rejected.ts';

/**
 * The same dialect, whose patches of weights are refused where a route gives the canary less than is to be written. Each patch tests the weights
 * that this was judged by, so that nobody can lower them in between (T3). A rule that nobody can steer says nothing.
 */
export function lowerOnly(dialect: RouteDialect): RouteDialect {
  const { weightsPatch } = dialect;
  return {
    ...dialect,
    splitPatch: (object, routes, target, write) => {
      const patch = dialect.splitPatch(object, routes, target, write);
      refuseToRaise(dialect, object, routes, target, write);
      return patch;
    },
    ...(weightsPatch === undefined
      ? {}
      : {
          weightsPatch: (object, routes, target, write, turned) => {
            refuseToRaise(dialect, object, routes, target, write);
            return weightsPatch(object, routes, target, write, turned);
          },
        }),
  };
}

function refuseToRaise(
  dialect: RouteDialect,
  object: KubernetesObject,
  routes: readonly RouteRef[],
  target: RouteTarget,
  { split }: SplitWrite,
): void {
  for (const route of routes) {
    const present = unlessRejected(() => dialect.readSplit(object, route, target));
    if (present === undefined || present.canary >= split.canary) continue;
    throw new WriteConflictError(
      `${routeName(route, target.namespace)} gives the canary ${present.canary} of ${target.totalWeight}, less than the ${split.canary} that were to be left to it.`,
      { remedy: 'It is looked at again.' },
    );
  }
}
