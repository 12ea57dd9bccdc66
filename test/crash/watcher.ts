import type { Surroundings } from '../../sandbox/surroundings.ts';
import { type RuleSplit, readSplits, routeKinds } from '../scenarios/read-splits.ts';

const routes = [
  { apiVersion: 'networking.istio.io/v1', resource: 'virtualservices' },
  { apiVersion: 'gateway.networking.k8s.io/v1', resource: 'httproutes' },
];

/**
 * Looks after each change of the cluster, whoever made it, at what users would meet: every side with weight has somebody who answers (T1), and
 * the weights sum to 100.
 */
export class Watcher {
  readonly violations: string[] = [];
  readonly splits = new Map<string, RuleSplit>();
  /** What somebody else broke is not held against Sluice. */
  suspended = false;
  /** When what users meet changed for the last time. */
  lastChangeMs = 0;
  readonly #setting: Pick<Surroundings, 'clock' | 'kubernetes'>;
  readonly #services: ReadonlyMap<string, string>;
  readonly #said = new Set<string>();

  constructor(setting: Pick<Surroundings, 'clock' | 'kubernetes'>, services: ReadonlyMap<string, string>) {
    this.#setting = setting;
    this.#services = services;
    for (const route of routes) for (const object of setting.kubernetes.list({ ...route, namespace: '' })) this.#readRoute(object);
    setting.kubernetes.onChange((type, object) => {
      if (routeKinds.includes(object.kind) && type !== 'DELETED') this.#readRoute(object);
      if (routeKinds.includes(object.kind) || object.kind === 'EndpointSlice') this.#look();
    });
  }

  /** Ready endpoints of one side. */
  ready(service: string, side: 'stable' | 'canary'): number {
    const name = side === 'stable' ? service : `${service}-canary`;
    return this.#setting.kubernetes.endpoints(this.#services.get(service) ?? '', name).filter(({ ready }) => ready).length;
  }

  #readRoute(object: { readonly kind: string }): void {
    for (const split of readSplits(object, this.#services)) {
      const before = this.splits.get(split.service);
      if (before?.stable !== split.stable || before.canary !== split.canary) this.lastChangeMs = this.#setting.clock.now();
      this.splits.set(split.service, split);
    }
  }

  #look(): void {
    if (this.suspended) return;
    for (const { service, stable, canary } of this.splits.values()) {
      if (stable + canary !== 100) this.#say(`the weights of ${service} are ${stable}/${canary}, and do not sum to 100`);
      for (const [side, weight] of [
        ['stable', stable],
        ['canary', canary],
      ] as const) {
        if (weight > 0 && this.ready(service, side) === 0)
          this.#say(`T1: ${side} of ${service} has weight ${weight} and no ready endpoint`);
      }
    }
  }

  #say(what: string): void {
    if (this.#said.has(what)) return;
    this.#said.add(what);
    this.violations.push(`at ${clockText(this.#setting.clock.now())} ${what}`);
  }
}

/** Seconds of the virtual hour, as stories tell them. */
export function clockText(atMs: number): string {
  return `${((atMs % 3_600_000) / 1000).toFixed(2)} s`;
}
