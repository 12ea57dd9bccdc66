import type { Fault, RequestFacts, RequestMatch } from '../../sandbox/kubernetes/kubernetes.ts';
import type { Stage } from './stage.ts';

interface RoutePatch {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

function patchesOf({ verb, resource, body }: RequestFacts): readonly RoutePatch[] {
  return verb === 'patch' && resource === 'virtualservices' && Array.isArray(body) ? (body as RoutePatch[]) : [];
}

/** Whether a request writes a route in which the canary has that weight. */
export function givesCanary(weight: number): (request: RequestFacts) => boolean {
  return (request) =>
    patchesOf(request).some(({ op, path, value }) => {
      const entries = op === 'replace' && path.endsWith('/route') ? (value as { destination: { host: string }; weight?: number }[]) : [];
      return entries.some((entry) => entry.destination.host.endsWith('-canary') && entry.weight === weight);
    });
}

/** Whether a request raises the fence on a route that had one: a door's write. */
export function isDoor(request: RequestFacts): boolean {
  return patchesOf(request).some(({ op, path }) => op === 'replace' && path.startsWith('/metadata/annotations/fence.sluice.dev'));
}

/** A fault that was arranged, and how often it has befallen a request. */
export interface Harm {
  readonly count: () => number;
}

/** The next `times` requests that match suffer the fault. */
export function harm(stage: Stage, where: (request: RequestFacts) => boolean, fault: Fault, times = 1): Harm {
  let count = 0;
  const match: RequestMatch = {
    where: (request) => {
      const hit = where(request);
      if (hit) count += 1;
      return hit;
    },
  };
  stage.sandbox.kubernetes.faults.add(match, fault, times);
  return { count: () => count };
}

/** From the first request that matches on, the whole API answers so for so long. */
export function outageFrom(stage: Stage, where: (request: RequestFacts) => boolean, seconds: number, code: 403 | 503): Harm {
  const { clock, kubernetes } = stage.sandbox;
  let count = 0;
  let sinceMs: number | undefined;
  const during = (request: RequestFacts): boolean => {
    if (sinceMs === undefined && where(request)) sinceMs = clock.now();
    const hit = sinceMs !== undefined && clock.now() - sinceMs < seconds * 1000;
    if (hit) count += 1;
    return hit;
  };
  kubernetes.faults.add({ where: during }, { kind: 'status', code });
  return { count: () => count };
}
