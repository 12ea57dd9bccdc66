import {
  AwsUnavailableError,
  ClusterForbiddenError,
  ClusterUnavailableError,
  InvalidInputError,
  NotFoundError,
  StoreUnavailableError,
} from '../../core/errors.ts';
import type { Phase } from '../../core/rollout/record.ts';
import { PrometheusUnavailableError } from '../backtest/prometheus-unavailable.ts';

/** Documented in `sluice --help` and docs/cli.md: scripts depend on them. */
export const exitCodes = { fine: 0, failed: 1, usage: 2, unreachable: 3, undecided: 4, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = `
Exit codes:
  0    fine; the rollout succeeded
  1    what was asked about failed: problems found, refused, rolled back, failed
  2    wrong usage
  3    not reachable, no credentials, or not found
  4    backtest: the recording ends before anything is decided
  130  interrupted`;

const unreachable = [
  AwsUnavailableError,
  StoreUnavailableError,
  ClusterUnavailableError,
  ClusterForbiddenError,
  PrometheusUnavailableError,
  NotFoundError,
];

export function exitCodeOf(error: unknown): ExitCode {
  if (unreachable.some((each) => error instanceof each)) return exitCodes.unreachable;
  return error instanceof InvalidInputError ? exitCodes.usage : exitCodes.failed;
}

export function exitCodeOfPhase(phase: Phase): ExitCode {
  return phase === 'succeeded' ? exitCodes.fine : exitCodes.failed;
}
