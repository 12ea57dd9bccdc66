import { createTransport, type Transport } from '../../adapters/eks/http.ts';
import { createKubernetesClient } from '../../adapters/eks/kubernetes-client.ts';
import type { KubernetesApi, KubernetesObject } from '../../core/ports.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { applyJsonPatch, jsonPatch } from '../../sandbox/kubernetes/json-patch.ts';
import { token } from '../contract/http-cluster.ts';

/** What a webhook says against a change, or undefined. */
export type Webhook = (before: KubernetesObject, after: KubernetesObject) => string | undefined;

export interface GuardedApi {
  /** Sluice's own client. */
  readonly api: KubernetesApi;
  /** From now on another webhook is asked, or none. */
  webhook: Webhook | undefined;
  /** How often it said no. */
  denials: number;
}

/**
 * The sandbox's API behind an admission webhook, as kube-apiserver asks one: after the patch was applied, and with what comes of it. A patch whose
 * tests fail does not get that far.
 *
 * @param code of its answer; 403 where a webhook names none, 422 of a ValidatingAdmissionPolicy.
 */
export function behindWebhook(url: string, code: 400 | 403 | 409 | 422, webhook: Webhook): GuardedApi {
  const clock = new VirtualClock();
  const endpoint = { name: 'shop-production', endpoint: url, certificateAuthority: '' };
  const transport = createTransport();
  const guarded: GuardedApi = { api: client(), webhook, denials: 0 };
  return guarded;

  function client(): KubernetesApi {
    const guarding: Transport = async (request) => {
      if (request.method === 'PATCH' && guarded.webhook !== undefined) {
        const now = await transport({ ...request, method: 'GET', body: undefined });
        const before = JSON.parse(now.body) as KubernetesObject;
        const patched = applyJsonPatch(before, jsonPatch.parse(JSON.parse(request.body ?? '[]')));
        const said = patched === undefined ? undefined : guarded.webhook(before, patched.document as KubernetesObject);
        if (said !== undefined) {
          guarded.denials += 1;
          const message = `admission webhook "routes.example.com" denied the request: ${said}`;
          return { status: code, headers: {}, body: JSON.stringify({ kind: 'Status', status: 'Failure', message, code }) };
        }
      }
      return transport(request);
    };
    return createKubernetesClient({ endpoint, clock, token: async () => token, transport: guarding });
  }
}
