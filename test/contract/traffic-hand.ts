import { expect } from 'vitest';
import { fenceAnnotation } from '../../adapters/mesh/fence.ts';
import type { KubernetesObject, WriteRole } from '../../core/ports.ts';
import type { TrafficShape } from '../../core/traffic/shape.ts';
import { splitAt } from '../../core/traffic/split.ts';
import { binomialInterval } from './binomial.ts';
import type { RealTraffic, UserAnswer, UserRequest } from './real-users.ts';

/** How often one user is asked for, where all of that user's requests are to go one way. */
const asks = 10;

/** A rollout of one route after another, by hand, each under a newer fence. */
export class TrafficHand {
  readonly traffic: RealTraffic;
  readonly requests: number;
  #fence = 0;
  #before: readonly unknown[] = [];

  constructor(traffic: RealTraffic) {
    this.traffic = traffic;
    this.requests = traffic.requests ?? 400;
  }

  get fence(): number {
    return this.#fence;
  }

  async claim(): Promise<void> {
    this.#before = await this.#contents();
    this.#fence += 1;
    await this.#write('claim', 0);
  }

  /** As the owner writes it; resolves when requests meet it. */
  async write(canary: number, shape?: TrafficShape): Promise<void> {
    await this.#write('owner', canary, shape);
    await this.traffic.settle();
  }

  /** All to stable, under a newer fence and without a shape, as every rollback begins. */
  async door(): Promise<void> {
    this.#fence += 1;
    await this.#write('door', 0);
    await this.traffic.settle();
  }

  /** Ends the rollout, and compares what is left with what was there before it, all but the fence. */
  async giveBack(): Promise<void> {
    await this.door();
    await this.traffic.router.removeCanary(this.traffic.target, this.#fence);
    await this.traffic.settle();
    expect(await this.#contents()).toStrictEqual(this.#before);
  }

  send(request?: UserRequest): Promise<readonly UserAnswer[]> {
    return this.traffic.send(this.requests, request);
  }

  /** Who answers a user who asks again and again. */
  async sidesOf(request: UserRequest): Promise<ReadonlySet<string | undefined>> {
    return new Set((await this.traffic.send(asks, request)).map(({ side }) => side));
  }

  expectShare(count: number, weight: number): void {
    const [least, most] = binomialInterval(this.requests, weight / 100);
    const exact = (this.requests * weight) / 100;
    expect(count).toBeGreaterThanOrEqual(this.traffic.smooth === true ? exact : least);
    expect(count).toBeLessThanOrEqual(this.traffic.smooth === true ? exact : most);
  }

  #write(role: WriteRole, canary: number, shape?: TrafficShape): Promise<unknown> {
    const { router, target } = this.traffic;
    return router.write(target, { split: splitAt(canary, target.totalWeight), fence: this.#fence, role, shape });
  }

  /** What users wrote into the objects, without the fence of this rollout. */
  async #contents(): Promise<unknown[]> {
    const fence = fenceAnnotation(this.traffic.target.rollout);
    return (await this.traffic.objects()).map(({ status: _, metadata, ...object }: KubernetesObject) => {
      const { name, labels, annotations = {} } = metadata;
      return { ...object, metadata: { name, labels, annotations: { ...annotations, [fence]: undefined } } };
    });
  }
}
