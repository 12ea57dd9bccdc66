import { join } from 'node:path';
import type { BuiltBench } from '../build/build.ts';
import { hostOfRange, loopbackOfRange } from './range.ts';

/** Every address, port and file of one bench, decided before anything starts, so that a part that is restarted finds its place. */
export interface Plan {
  readonly range: number;
  /** What belongs to this run: each part's arguments name a file in it, by which a later run knows its processes. */
  readonly folder: string;
  readonly logs: string;
  readonly bin: string;
  readonly crds: string;
  /** Of the control plane, 127.18.x.1. */
  readonly address: string;
  readonly apiPort: number;
  readonly adminToken: string;
  readonly clusterName: string;
  readonly gatewayAddress: string;
  readonly sidecarAddress: string;
  readonly debounceMs: number;
}

export const ports = {
  etcdClient: 2379,
  etcdPeer: 2380,
  webhook: 8440,
  control: 8441,
  kubelet: 8442,
  controllerManager: 10257,
  istiodHttp: 8091,
  istiodGrpc: 15010,
  /** The same over TLS, and its certificate authority. */
  istiodSecureGrpc: 15012,
  istiodMetrics: 15014,
  gatewayAdmin: 15000,
  sidecarAdmin: 15001,
  prometheus: 9090,
} as const;

/** Ports of the gateway's Envoy, at its own address. */
export const gatewayPorts = { istio: 80, gatewayApi: 8080 } as const;

export interface PlanOptions extends BuiltBench {
  readonly range: number;
  readonly folder: string;
  readonly apiPort: number;
  readonly adminToken: string;
  readonly debounceMs: number;
}

export function planBench(options: PlanOptions): Plan {
  const { range, folder } = options;
  return {
    ...options,
    logs: join(folder, 'logs'),
    address: loopbackOfRange(range),
    clusterName: `mesh-bench-${range}`,
    gatewayAddress: hostOfRange(range, 2),
    sidecarAddress: hostOfRange(range, 3),
  };
}

/** By the name that stands in the server's certificate, which is the loopback's. */
export function apiUrlOf({ apiPort }: Plan): string {
  return `https://127.0.0.1:${apiPort}`;
}

export function urlOf({ address }: Plan, port: keyof typeof ports): string {
  return `http://${address}:${ports[port]}`;
}
