import { inspectRoutes } from '../gateway-api/inspect.ts';
import type { InspectObjects } from '../route-dialect.ts';
import { inspectServiceProfiles } from './service-profiles.ts';

/** What speaks against steering routes where Linkerd's proxies obey them, or is to be known. */
export const inspectLinkerdRoutes: InspectObjects = async (api, objects, target, weights) => [
  ...(await inspectRoutes(api, objects, target, weights)),
  ...(await inspectServiceProfiles(api, objects, target)),
];
