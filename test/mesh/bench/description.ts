import * as z from 'zod/mini';
import { processNames } from './types.ts';

/** All that another process needs to use a bench that runs: plain data. */
export const benchDescription = z.object({
  clusterName: z.string(),
  kubeconfig: z.string(),
  apiUrl: z.string(),
  certificateAuthority: z.string(),
  adminToken: z.string(),
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  gatewayUrl: z.string(),
  gatewayApiUrl: z.string(),
  meshUrl: z.string(),
  envoyAdminUrls: z.object({ gateway: z.string(), sidecar: z.string() }),
  istiodUrl: z.string(),
  prometheusUrl: z.string(),
  /** Of the supervisor: processes and their memory. */
  controlUrl: z.string(),
  /** Of the kubelet: behaviours. */
  kubeletUrl: z.string(),
  logs: z.string(),
});
export type BenchDescription = z.infer<typeof benchDescription>;

export const processName = z.enum(processNames);
