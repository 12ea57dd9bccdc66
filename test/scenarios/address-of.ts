import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import { hostOf } from '../../sandbox/service-objects.ts';
import type { OpenTier } from './tier.ts';
import type { Address } from './visitor.ts';

/** Where the users of a service ask for it on a tier. */
export function addressOf({ setting, hostOf: ownHostOf }: OpenTier, services: SandboxOptions['services'], service: string): Address {
  const { virtualService = service, pathPrefix = '/' } = services.find(({ name }) => name === service) ?? {};
  return { url: `${setting.proxy.url}${pathPrefix}`, host: (ownHostOf ?? hostOf)(virtualService) };
}
