import { WorkloadRejectedError } from '../core/errors.ts';
import type { ContainerLoad, RunningContainer } from './cadvisor.ts';
import type { SandboxClock } from './clock.ts';
import type { PodBehaviour, StoredObject } from './kubernetes/kubernetes.ts';
import { type Received, type RunningService, type ServiceBehaviour, startService } from './traffic/service.ts';

/** How the containers of one image fare: as pods, and in what they answer. */
export interface ImageBehaviour {
  readonly pod?: PodBehaviour;
  readonly service?: ServiceBehaviour;
  readonly load?: ContainerLoad;
}

interface RunningPod {
  readonly pod: StoredObject;
  readonly startedAtMs: number;
  readonly image: string;
  readonly service: RunningService;
}

/** What stands behind the pods: a real HTTP server each, in the version that its image is. */
export class Fleet {
  readonly #clock: SandboxClock;
  readonly #versionOf: (image: string) => string;
  readonly #behaviours = new Map<string, ImageBehaviour>();
  readonly #pods = new Map<string, RunningPod>();

  /** `versionOf` names the version of an image reference, as requests report it: its tag. */
  constructor(clock: SandboxClock, versionOf: (image: string) => string) {
    this.#clock = clock;
    this.#versionOf = versionOf;
  }

  /** How a version behaves from now on, in pods that run and in those to come. */
  behave(version: string, behaviour: ImageBehaviour): void {
    this.#behaviours.set(version, behaviour);
    for (const { image, service } of this.#pods.values()) {
      if (this.#versionOf(image) === version) service.setBehaviour(behaviour.service ?? {});
    }
  }

  /** What the pods of a version that run now were sent. */
  received(version: string): Received {
    const counts = [...this.#pods.values()]
      .filter(({ image }) => this.#versionOf(image) === version)
      .map(({ service }) => service.received());
    const sum = (of: keyof Received) => counts.reduce((total, each) => total + each[of], 0);
    return { requests: sum('requests'), mirrored: sum('mirrored') };
  }

  /** All that run now, as cAdvisor sees them. */
  containers(): RunningContainer[] {
    return [...this.#pods.values()].flatMap(({ pod, image, startedAtMs }) => {
      const { name, namespace = '' } = pod.metadata;
      const load = this.#behaviours.get(this.#versionOf(image))?.load ?? {};
      return containersOf(pod).map((container) => ({
        namespace,
        pod: name,
        container: container.name,
        startedAtMs,
        limits: container.resources?.limits ?? {},
        load,
      }));
    });
  }

  readonly startPod = async (pod: StoredObject): Promise<{ address: '127.0.0.1'; port: number }> => {
    const image = imageOf(pod);
    const version = this.#versionOf(image);
    const service = await startService({ clock: this.#clock, version, behaviour: this.#behaviours.get(version)?.service ?? {} });
    this.#pods.set(pod.metadata.uid, { pod, startedAtMs: this.#clock.now(), image, service });
    return { address: '127.0.0.1', port: service.port };
  };

  readonly stopPod = async (pod: StoredObject): Promise<void> => {
    const running = this.#pods.get(pod.metadata.uid);
    this.#pods.delete(pod.metadata.uid);
    await running?.service.close();
  };

  readonly behaviourOf = (pod: StoredObject): PodBehaviour =>
    this.#behaviours.get(this.#versionOf(imageOf(pod)))?.pod ?? { readyAfterMs: 1000 };
}

function imageOf(pod: StoredObject): string {
  const image = containersOf(pod)[0]?.image;
  if (image === undefined) throw new WorkloadRejectedError(`Pod ${pod.metadata.name} has no image.`, { remedy: 'Give its container one.' });
  return image;
}

interface ContainerOfPod {
  readonly name: string;
  readonly image?: string;
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

function containersOf(pod: StoredObject): readonly ContainerOfPod[] {
  return (pod['spec'] as { containers?: readonly ContainerOfPod[] }).containers ?? [];
}
