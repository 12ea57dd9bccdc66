import type { PodObject } from '../kubelet/pod-object.ts';
import type { PodPort } from '../kubelet/pod-servers.ts';
import { recordPids, sidecarPidsFile } from '../supervisor/claim.ts';
import type { Identity } from '../types.ts';
import { PodSidecar, type SidecarGround } from './pod-sidecar.ts';

export interface SidecarsOptions extends SidecarGround {
  /** Of the run: there it is written down which processes there are, so that they can be ended where this one is killed. */
  readonly runFolder: string;
}

/** The sidecars of all pods. */
export class PodSidecars {
  readonly #options: SidecarsOptions;
  readonly #byUid = new Map<string, PodSidecar>();

  constructor(options: SidecarsOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the pod's Envoy takes requests.
   *
   * @param ended Called where it ends after that and nobody wanted it.
   * @throws AwsUnavailableError, DeadlineExceededError
   */
  async start(pod: PodObject, address: string, ports: readonly PodPort[], ended: () => void): Promise<void> {
    const { uid } = pod.metadata;
    const sidecar = new PodSidecar(this.#options, pod, address);
    this.#byUid.set(uid, sidecar);
    await sidecar.start(ports, { changed: () => this.#record(), ended });
  }

  end({ metadata: { uid } }: PodObject): void {
    this.#byUid.get(uid)?.end();
    this.#byUid.delete(uid);
  }

  async identityOf(uid: string): Promise<Identity | undefined> {
    return await this.#byUid.get(uid)?.identity();
  }

  #record(): void {
    const running = [...this.#byUid].flatMap(([uid, { pids }]) => pids.map((pid, index) => [`${uid}/${index}`, pid]));
    recordPids(this.#options.runFolder, Object.fromEntries(running), sidecarPidsFile);
  }
}
