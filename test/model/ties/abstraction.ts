import { planRollout } from '../../../core/plan/plan.ts';
import type { KubernetesObject, StoreChange } from '../../../core/ports.ts';
import {
  imageReference,
  type Lock,
  lock as lockSchema,
  type Phase as RealPhase,
  type RolloutRecord as RealRecord,
  rolloutRecord,
} from '../../../core/rollout/record.ts';
import { goalPastPointOfNoReturn } from '../../../core/rollout/rollback-reason.ts';
import { rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import { readSplits } from '../../scenarios/read-splits.ts';
import type { Setting } from '../../scenarios/tier.ts';
import { type Image, initialState, type Phase, type RolloutNumber, type RolloutRecord, type State, type Weight } from '../state.ts';

const phases: Readonly<Record<RealPhase, Phase>> = {
  pending: 'progressing',
  progressing: 'progressing',
  paused: 'progressing',
  promoting: 'promoting',
  succeeded: 'succeeded',
  rollingBack: 'rollingBack',
  rolledBack: 'rolledBack',
  failed: 'failed',
};

/** What the model says of the store and the cluster as they are: every share between none and all of the traffic is one. */
export class Abstraction {
  state: State = initialState({ faults: 0, alarms: 0 }, 0);
  readonly #service: string;
  readonly #rolloutIds: string[] = [];
  readonly #images: string[] = [];
  readonly #full: boolean[][] = [];
  #replicas = 1;

  constructor(service: string) {
    this.#service = service;
    this.state.processes = [];
    this.state.executions = ['none', 'none'];
  }

  numberOf(rolloutId: string): RolloutNumber {
    if (!this.#rolloutIds.includes(rolloutId)) this.#rolloutIds.push(rolloutId);
    const number = this.#rolloutIds.indexOf(rolloutId) + 1;
    if (number !== 1 && number !== 2) throw new Error('the model knows two rollouts, and this story has more');
    return number;
  }

  /** Whether that step gives the canary all. */
  isFull(rollout: RolloutNumber, stepIndex: number): boolean {
    return this.#full[rollout]?.[stepIndex] === true;
  }

  takeStore(changes: readonly StoreChange[]): void {
    const puts = changes.flatMap((change) => ('put' in change ? [change] : []));
    const record = puts.find(({ put }) => put.partition === `rollouts#${this.#service}`);
    const lock = puts.find(({ put }) => put.partition.startsWith('locks#') && put.sort === this.#service);
    if (record !== undefined) this.#takeRecord(rolloutRecord.parse(record.value));
    if (lock !== undefined) this.#takeLock(lockSchema.parse(lock.value));
  }

  /** The place of the object in the model, where it has one. */
  takeObject(object: KubernetesObject, deleted: boolean): 'route' | 'stable' | 'canary' | undefined {
    const { kind, metadata } = object;
    if (kind === 'VirtualService') {
      const split = readSplits(object, new Set([this.#service]))[0];
      if (split === undefined) return undefined;
      this.state.route = { weight: share(split.canary, split.stable + split.canary), fence: split.fence ?? 0 };
      return 'route';
    }
    if (kind !== 'Deployment') return undefined;
    const annotations = metadata.annotations ?? {};
    const { replicas = 1, template } = object['spec'] as { replicas?: number; template: { spec: { containers: { image: string }[] } } };
    if (metadata.name === this.#service) {
      this.#replicas = replicas;
      const image = this.#imageOf(template.spec.containers[0]?.image ?? '');
      this.state.stable = { ...this.state.stable, image, fence: Number(annotations[`fence.sluice.dev/${this.#service}`] ?? 0) };
      return 'stable';
    }
    if (metadata.name !== `${this.#service}-canary`) return undefined;
    const { canary } = this.state;
    this.state.canary = deleted
      ? { ...canary, of: 0, size: 0, ready: 0, fence: 0 }
      : {
          ...canary,
          of: this.numberOf(annotations['sluice.dev/rollout-id'] ?? ''),
          size: share(replicas, this.#replicas),
          fence: Number(annotations['sluice.dev/fence'] ?? 0),
        };
    return 'canary';
  }

  /** Which pods are ready now. */
  lookAtPods({ kubernetes }: Pick<Setting, 'kubernetes'>, namespace: string): void {
    const ready = (service: string) => kubernetes.endpoints(namespace, service).filter((endpoint) => endpoint.ready).length;
    const stable = ready(this.#service);
    this.state.stable = { ...this.state.stable, ready: stable > 0, settled: stable >= this.#replicas };
    this.state.canary = { ...this.state.canary, ready: share(ready(`${this.#service}-canary`), this.#replicas) };
  }

  #takeLock({ fence, rolloutId }: Lock): void {
    this.state.lock = { fence, holder: rolloutId === '' ? 0 : this.numberOf(rolloutId) };
  }

  #takeRecord(real: RealRecord): void {
    const number = this.numberOf(real.rolloutId);
    this.#images[number] = imageReference(real.image);
    const spec = rolloutSpec.parse(real.spec);
    this.#full[number] = planRollout(spec).steps.map(({ weight }) => weight === spec.router.totalWeight);
    const { rollbackReason } = real;
    const record: RolloutRecord = {
      phase: phases[real.phase],
      fence: real.fence,
      weight: share(real.split.canary, real.split.stable + real.split.canary),
      safeSide: real.safeSide,
      pastNoReturn: real.pointOfNoReturnAtMs !== undefined,
      before: this.#imageOf(real.stableImage),
      goal: real.stableGoal === undefined ? -1 : this.#imageOf(real.stableGoal),
      reason: rollbackReason === undefined ? 'none' : goalPastPointOfNoReturn(rollbackReason) === 'promoted' ? 'died' : 'against',
      doorFence: real.rollbackFence ?? 0,
      attempt: real.rollbackAttempt,
      removing: real.removalFence !== undefined && real.fence === real.removalFence + 1,
    };
    this.state.records[number - 1] = record;
  }

  #imageOf(reference: string): Image {
    const number = this.#images.indexOf(reference);
    return number === 1 || number === 2 ? number : 0;
  }
}

function share(part: number, whole: number): Weight {
  if (part === 0) return 0;
  return part >= whole ? 2 : 1;
}

/** What of a state is in the store and in the cluster, and how it is compared. */
export function shared({ lock, records, route, stable, canary }: State): string {
  return JSON.stringify({
    lock,
    records: records.map((record) => (record.phase === 'none' ? 'none' : record)),
    route,
    stable: { image: stable.image, fence: stable.fence },
    canary: { of: canary.of, size: canary.size, fence: canary.fence },
  });
}
