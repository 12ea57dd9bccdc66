import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { systemClock } from '../../../../adapters/clock.ts';
import { AwsUnavailableError } from '../../../../core/errors.ts';
import { type Applied, applyObjects } from '../api/apply.ts';
import type { RawApi } from '../api/raw-api.ts';
import { groundObjects, meshObjects, proxyPodStatuses } from '../config/objects.ts';
import type { Plan } from './plan.ts';

const crds = z.array(z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) }));
const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const condition = z.object({ type: z.string(), status: z.string() });
/** A new one has null for its conditions. */
const crdList = z.object({ items: z.array(z.object({ status: z.nullish(z.object({ conditions: z.nullish(z.array(condition)) })) })) });

/** Gives the empty cluster its kinds, and what must be there before istiod. */
export async function layGround(plan: Plan, api: RawApi): Promise<void> {
  const definitions = crds.parse(JSON.parse(await readFile(plan.crds, 'utf8')));
  await Promise.all(definitions.map((definition) => create(api, crdPath, definition)));
  await applyObjects(api, groundObjects(plan) as readonly Applied[]);
  for (const { path, status } of proxyPodStatuses(plan)) {
    await api.ask('PATCH', path, { status }, 'application/merge-patch+json');
  }
  const isEstablished = async () => {
    const { body } = await api.ask('GET', crdPath);
    const { items } = crdList.parse(JSON.parse(body));
    return items.every(({ status }) => status?.conditions?.some((each) => each.type === 'Established' && each.status === 'True'));
  };
  // The list is 2 MB, and a busy API server makes it from scratch.
  while (!(await isEstablished())) await systemClock.sleep(400);
}

/** Gives istiod the gateways and the sidecar that it makes listeners of. */
export async function layMesh(plan: Plan, api: RawApi): Promise<void> {
  await applyObjects(api, meshObjects(plan) as readonly Applied[]);
}

async function create(api: RawApi, path: string, body: unknown): Promise<void> {
  const answer = await api.ask('POST', path, body);
  if (answer.status < 300) return;
  throw new AwsUnavailableError(`A definition could not be created: ${answer.status}.`, { remedy: answer.body.slice(0, 500) });
}
