import * as z from 'zod/mini';
import { askCluster } from './ask-cluster.ts';
import type { RawApi } from './raw-api.ts';

/** What the API of a cluster has, besides objects: plain data. */
export interface Served {
  /** `<apiVersion>/<kind>`, such as `apps/v1/Deployment`. */
  readonly kinds: readonly string[];
  /** API groups that an admission webhook judges by name: mostly the controller of that group runs. */
  readonly judgedGroups: readonly string[];
}

const groups = z.object({ groups: z.array(z.object({ versions: z.array(z.object({ groupVersion: z.string() })) })) });
const resources = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });
const rules = z.optional(z.array(z.object({ apiGroups: z.optional(z.array(z.string())) })));
const webhookConfigurations = z.object({ items: z.array(z.object({ webhooks: z.optional(z.array(z.object({ rules }))) })) });

/** @throws ClusterUnavailableError, ClusterForbiddenError as `askCluster`, but not for one API among others, as that of metrics may be. */
export async function servedBy(api: RawApi): Promise<Served> {
  const found = groups.parse(JSON.parse((await askCluster(api, '/apis')) ?? '{"groups":[]}'));
  const apiVersions = found.groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion));
  const core = await kindsOf(api, 'v1');
  const others = await Promise.all(apiVersions.map((apiVersion) => kindsOf(api, apiVersion).catch(() => [])));
  return { kinds: [...core, ...others.flat()], judgedGroups: await judgedGroupsOf(api) };
}

async function kindsOf(api: RawApi, apiVersion: string): Promise<readonly string[]> {
  const body = await askCluster(api, `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`);
  if (body === undefined) return [];
  const found = resources.parse(JSON.parse(body)).resources;
  return found.filter(({ name }) => !name.includes('/')).map(({ kind }) => `${apiVersion}/${kind}`);
}

async function judgedGroupsOf(api: RawApi): Promise<readonly string[]> {
  const kinds = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'];
  const bodies = await Promise.all(kinds.map((kind) => askCluster(api, `/apis/admissionregistration.k8s.io/v1/${kind}`)));
  const items = bodies.flatMap((body) => (body === undefined ? [] : webhookConfigurations.parse(JSON.parse(body)).items));
  return items.flatMap(({ webhooks = [] }) => webhooks.flatMap((each) => each.rules ?? []).flatMap(({ apiGroups = [] }) => apiGroups));
}
