import { podStatus } from './manifests.ts';
import type { StoredObject } from './object-store.ts';

/** The annotation that holds the port of the process behind a pod, which no field of a real Pod tells. */
export const portAnnotation = 'sandbox.sluice.dev/port';

/** Whether a Pod has its Ready condition. */
export function isReady(pod: StoredObject): boolean {
  return podStatus.parse(pod).status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Where the process behind a Pod listens; undefined until it was started. */
export function podAddress(pod: StoredObject): { readonly address: string; readonly port: number } | undefined {
  const { metadata, status } = podStatus.parse(pod);
  const port = Number(metadata.annotations[portAnnotation]);
  return status.podIP === undefined || !Number.isInteger(port) ? undefined : { address: status.podIP, port };
}
