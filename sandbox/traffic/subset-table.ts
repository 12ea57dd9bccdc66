import * as z from 'zod/mini';
import type { KubernetesObject } from '../../core/ports.ts';
import type { Labels } from './endpoint-table.ts';
import { type ServiceName, sameService, serviceNameOf } from './service-name.ts';

const destinationRule = z.object({
  spec: z.object({
    host: z.string().check(z.minLength(1)),
    subsets: z._default(z.array(z.object({ name: z.string(), labels: z._default(z.record(z.string(), z.string()), {}) })), []),
  }),
});

interface Subset {
  readonly service: ServiceName;
  readonly name: string;
  readonly labels: Labels;
}

/** The subsets that DestinationRules define. What else these say (connection pools, outlier detection, TLS) the proxy does not obey. */
export class SubsetTable {
  readonly #rules = new Map<string, readonly Subset[]>();

  /** @throws an error that says what does not fit: the caller keeps what it had. */
  set(key: string, object: KubernetesObject): void {
    const { host, subsets } = destinationRule.parse(object).spec;
    const service = serviceNameOf(host, object.metadata.namespace ?? 'default');
    this.#rules.set(
      key,
      subsets.map((subset) => ({ service, ...subset })),
    );
  }

  delete(key: string): void {
    this.#rules.delete(key);
  }

  /** Undefined where no rule of the Service defines such a subset. */
  labelsOf(service: ServiceName, name: string): Labels | undefined {
    const all = [...this.#rules.values()].flat();
    return all.find((subset) => subset.name === name && sameService(subset.service, service))?.labels;
  }
}
