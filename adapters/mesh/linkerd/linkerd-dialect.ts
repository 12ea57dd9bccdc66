import { RouteRejectedError } from '../../../core/errors.ts';
import { routerCapabilities } from '../../../core/spec/router-capabilities.ts';
import type { RouteDialect } from '../route-dialect.ts';

const notYet = (): never => {
  throw new RouteRejectedError('This mesh is not steered yet.', { remedy: 'Use istio.' });
};

export const linkerdDialect: RouteDialect = {
  capabilities: routerCapabilities.linkerd,
  kindOf: notYet,
  refOf: notYet,
  readSplit: notYet,
  assertClaimable: notYet,
  splitPatch: notYet,
  removeCanaryPatch: notYet,
  inspect: notYet,
};
