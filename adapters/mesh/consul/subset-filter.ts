/** By what a subset of a service tells its instances apart. */
export interface SubsetFilter {
  readonly key: string;
  readonly value: string;
}

const comparison =
  /^\s*Service\.Meta(?:\.(?<name>[A-Za-z][\w/]*)|\["(?<quoted>[^"]+)"\])\s*==\s*(?:"(?<text>[^"]*)"|`(?<raw>[^`]*)`|(?<bare>[\w.-]+))\s*$/;

/**
 * What a filter compares, where it is a single comparison of a key of Service.Meta; undefined for all else that the language of filters can say.
 * A key with a hyphen stands in brackets and quotes: behind a dot, Consul refuses it.
 * https://developer.hashicorp.com/consul/api-docs/features/filtering
 *
 * @example readFilter('Service.Meta["k8s-service-name"] == "checkout-canary"') // { key: 'k8s-service-name', value: 'checkout-canary' }
 */
export function readFilter(filter: string): SubsetFilter | undefined {
  const { name, quoted, text, raw, bare } = comparison.exec(filter)?.groups ?? {};
  const key = name ?? quoted;
  const value = text ?? raw ?? bare;
  return key === undefined || value === undefined ? undefined : { key, value };
}

/** Whether a filter names a key of Service.Meta with a hyphen behind a dot. */
export function hasBareHyphen(filter: string): boolean {
  return /Service\.Meta\.\w+-/.test(filter);
}
