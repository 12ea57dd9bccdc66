import { evenShare } from '../../../../sandbox/traffic/even-share.ts';
import type { ServiceBehaviour } from '../../../../sandbox/traffic/service.ts';

/** A behaviour, ready to be asked once per request. */
export interface Conduct {
  readonly crashed: boolean;
  status(): number;
  latencyMs(): number;
}

/** The same shares as those of the sandbox's services: even, and the same on every run. */
export function conductOf(behaviour: ServiceBehaviour): Conduct {
  const { errorShare = 0, errorStatus = 500, latencyMs = 0, slowShare = 0, slowLatencyMs = latencyMs, crashed = false } = behaviour;
  const isError = evenShare(errorShare);
  const isSlow = evenShare(slowShare, 0.25);
  return {
    crashed,
    status: () => (isError() ? errorStatus : 200),
    latencyMs: () => (isSlow() ? slowLatencyMs : latencyMs),
  };
}
