import { InvalidInputError } from '../../core/errors.ts';
import type { ResourceRef } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`);
const dnsLabel = new RegExp(`^(?=.{1,63}$)${label}$`);
const groupVersion = new RegExp(`^((${label})(\\.${label})*/)?v[0-9][a-z0-9]*$`);

/** Which object or collection of the API a path names: every part was checked, so that none can lead elsewhere. */
export function collectionPath(ref: Omit<ResourceRef, 'name'>): string {
  require(groupVersion.test(ref.apiVersion), 'API version', ref.apiVersion, 'such as v1 or apps/v1');
  require(dnsLabel.test(ref.resource), 'resource', ref.resource, 'the plural in lower case, such as deployments');
  require(dnsLabel.test(ref.namespace), 'namespace', ref.namespace, 'lower-case letters, digits and hyphens');
  const root = ref.apiVersion.includes('/') ? 'apis' : 'api';
  return `/${root}/${ref.apiVersion}/namespaces/${encodeURIComponent(ref.namespace)}/${encodeURIComponent(ref.resource)}`;
}

export function objectPath(ref: ResourceRef): string {
  require(dnsSubdomain.test(ref.name), 'name', ref.name, 'a DNS subdomain (RFC 1123): lower-case letters, digits, hyphens and dots');
  return `${collectionPath(ref)}/${encodeURIComponent(ref.name)}`;
}

function require(holds: boolean, what: string, found: string, expected: string): void {
  if (holds) return;
  throw new InvalidInputError(`${JSON.stringify(shorten(found, 100))} is no ${what} that Kubernetes takes; nothing was sent.`, {
    remedy: `Use ${expected}.`,
  });
}
