import * as z from 'zod/mini';
import type { TransportAnswer, TransportRequest } from '../../../adapters/eks/http.ts';
import { createKubernetesClient } from '../../../adapters/eks/kubernetes-client.ts';
import { endpointBase } from '../../../adapters/eks/kubernetes-endpoint.ts';
import { ClusterForbiddenError, ClusterUnavailableError, NotFoundError, WriteConflictError } from '../../../core/errors.ts';
import type { Clock, KubernetesApi, KubernetesObject } from '../../../core/ports.ts';
import type { ClusterLink } from './kubeconfig.ts';

/** Of a request that is answered slowly, as the deletion of a namespace may be. */
const timeoutMs = 15_000;

const status = z.looseObject({ message: z.optional(z.string()) });

/** The cluster as its owner works in it. Namespaces belong to no namespace, so the port KubernetesApi knows none. */
export class TestCluster {
  readonly api: KubernetesApi;
  readonly #link: ClusterLink;
  readonly #clock: Clock;
  readonly #base: string;

  constructor(link: ClusterLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#base = endpointBase(link.endpoint);
    const { endpoint, transport, token } = link;
    this.api = createKubernetesClient({ endpoint, clock, transport, timeoutMs, ...(token === undefined ? {} : { token }) });
  }

  /** @throws NotFoundError where the cluster does not serve the VirtualServices that Sluice writes. */
  async assertServesVirtualServices(): Promise<void> {
    const path = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';
    const answer = await this.#ask('GET', `${path}?limit=1`);
    if (answer.status !== 404) return this.#assertDone(answer, 'list VirtualServices in the namespace default');
    throw new NotFoundError(`The cluster of ${this.#link.context} does not serve VirtualServices as networking.istio.io/v1.`, {
      remedy: 'Install Istio 1.22 or later, or choose a cluster that has it.',
    });
  }

  async createNamespace(namespace: KubernetesObject): Promise<void> {
    const answer = await this.#ask('POST', '/api/v1/namespaces', namespace);
    this.#assertDone(answer, `create the namespace ${namespace.metadata.name}`);
  }

  /** Removes it with all that is in it, and waits until it is gone. Content where there is none. */
  async removeNamespace(name: string, seconds = 300): Promise<void> {
    const path = `/api/v1/namespaces/${name}`;
    const answer = await this.#ask('DELETE', path);
    if (answer.status !== 404) this.#assertDone(answer, `delete the namespace ${name}`);
    const endMs = this.#clock.now() + seconds * 1000;
    while ((await this.#ask('GET', path)).status !== 404) {
      if (this.#clock.now() > endMs) {
        throw new ClusterUnavailableError(`The namespace ${name} is still being removed after ${seconds} s.`, {
          remedy: `See what holds it: kubectl describe namespace ${name}.`,
        });
      }
      await this.#clock.sleep(2000);
    }
  }

  /** Creates an object of a namespace. @throws WriteConflictError where it is there already, NotFoundError where there is no such kind. */
  async create(object: KubernetesObject): Promise<void> {
    const { apiVersion, kind } = object;
    const { name, namespace = '' } = object.metadata;
    const result = await this.api.write({ create: { apiVersion, resource: `${kind.toLowerCase()}s`, namespace, name }, object });
    if (result.status === 'written') return;
    const what = `${kind} ${name} in ${namespace}`;
    if (result.status === 'conflict') {
      throw new WriteConflictError(`${what} could not be created: ${result.message}.`, { remedy: 'Run the test again.' });
    }
    throw new NotFoundError(`${what} could not be created: the cluster has no such namespace or kind.`, { remedy: 'Run the test again.' });
  }

  async #ask(method: TransportRequest['method'], path: string, body?: unknown): Promise<TransportAnswer> {
    const token = await this.#link.token?.();
    const headers = {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const { transport, endpoint } = this.#link;
    const text = body === undefined ? undefined : JSON.stringify(body);
    try {
      return await transport({ method, url: `${this.#base}${path}`, headers, body: text, ca: endpoint.certificateAuthority, timeoutMs });
    } catch (cause) {
      throw new ClusterUnavailableError(`The cluster of ${this.#link.context} did not answer ${method} ${path}.`, {
        remedy: 'See that `kubectl get namespaces` works with this context.',
        cause,
      });
    }
  }

  #assertDone({ status: code, body }: TransportAnswer, what: string): void {
    if (code >= 200 && code < 300) return;
    const { message = `HTTP ${code}` } = status.safeParse(parseJson(body)).data ?? {};
    const said = `The cluster of ${this.#link.context} did not let us ${what}: ${message}.`;
    if (code === 401 || code === 403) {
      throw new ClusterForbiddenError(said, {
        remedy: 'Use a context that may: the test makes a namespace, a Role and a RoleBinding, and a workload.',
      });
    }
    throw new ClusterUnavailableError(said, { remedy: 'Look at the health of the control plane, and run the test again.' });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
