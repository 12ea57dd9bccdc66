/**
 * Every error that Sluice throws on purpose, by name.
 *
 * Step Functions matches `Retry` and `Catch` against `error.name`, and bundlers rename classes, so each class carries its
 * name as a literal. A test keeps this list equal to the names that stand in state-machines/*.asl.json.
 *
 * Outcomes that are expected (a failed verdict, no data, a canary that is not ready yet) are values, not errors.
 */

export interface SluiceErrorOptions {
  /** What the reader can do about it, as one sentence. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** What all named errors share: a literal name, whether trying again can help, and how to mend it. */
export abstract class SluiceError extends Error {
  abstract override readonly name: string;
  abstract readonly retryable: boolean;
  /** The message without the remedy, which stands behind it. */
  readonly what: string;
  readonly remedy: string;

  constructor(message: string, options: SluiceErrorOptions) {
    super(`${message} ${options.remedy}`, options.cause === undefined ? {} : { cause: options.cause });
    this.what = message;
    this.remedy = options.remedy;
  }
}

/** Trying again with back-off can help: a passing condition outside Sluice. */
abstract class RetryableError extends SluiceError {
  override readonly retryable = true;
}

/** Trying again cannot help: somebody has to change something, or the rollout is no longer ours. */
abstract class FatalError extends SluiceError {
  override readonly retryable = false;
}

/** The cluster's API did not answer, or answered 429 or 5xx. Nothing is known about what it did. */
export class ClusterUnavailableError extends RetryableError {
  override readonly name = 'ClusterUnavailableError';
  /** Whether there was no answer at all: the mesh's control plane may have lost it as well. */
  readonly isUnanswered: boolean;

  constructor(message: string, options: SluiceErrorOptions & { readonly isUnanswered?: boolean }) {
    super(message, options);
    this.isUnanswered = options.isUnanswered ?? false;
  }
}

/**
 * The cluster's API says no (401, 403), or is not the one it should be. Mostly somebody has to change something. It is tried again all the same:
 * an API server that has just started refuses everybody until it has read its roles, and a rollback must not end at that.
 */
export class ClusterForbiddenError extends RetryableError {
  override readonly name = 'ClusterForbiddenError';
}

/** Somebody else wrote the same object between our read and our write, several times over. */
export class WriteConflictError extends RetryableError {
  override readonly name = 'WriteConflictError';
}

/** A write was accepted, but reading back shows something else: it was lost, is late, or was overwritten. */
export class WeightNotVerifiedError extends RetryableError {
  override readonly name = 'WeightNotVerifiedError';
}

/** The store (DynamoDB) did not answer, or throttled. */
export class StoreUnavailableError extends RetryableError {
  override readonly name = 'StoreUnavailableError';
}

/** A conditional write to the store lost a race: the item is no longer what was read. */
export class StoreConflictError extends RetryableError {
  override readonly name = 'StoreConflictError';
}

/** An AWS API other than the store did not answer, or throttled. */
export class AwsUnavailableError extends RetryableError {
  override readonly name = 'AwsUnavailableError';
}

/** The rollout changed hands: a door raised the fence. This execution may not write any more. */
export class FencedError extends FatalError {
  override readonly name = 'FencedError';
}

/** What somebody typed in the console, or an event, does not have the shape it must have. */
export class InvalidInputError extends FatalError {
  override readonly name = 'InvalidInputError';
}

/** A spec does not hold. The message names file, line, column, path, what was found and what was expected. */
export class SpecInvalidError extends FatalError {
  override readonly name = 'SpecInvalidError';
}

/** The rollout may not start now: another one runs, the image is quarantined, an alarm is firing. */
export class RolloutRefusedError extends FatalError {
  override readonly name = 'RolloutRefusedError';
}

/** A wait reached its deadline, and its default action is to abort. */
export class DeadlineExceededError extends FatalError {
  override readonly name = 'DeadlineExceededError';
}

/** The route does not exist, has no matching rule, matches twice, or holds what the router cannot steer. */
export class RouteRejectedError extends FatalError {
  override readonly name = 'RouteRejectedError';
}

/** The workload does not exist, or is of a kind that cannot run in two versions side by side. */
export class WorkloadRejectedError extends FatalError {
  override readonly name = 'WorkloadRejectedError';
}

/** What was looked up by name (cluster, image, rollout) does not exist. */
export class NotFoundError extends FatalError {
  override readonly name = 'NotFoundError';
}

/** All classes above, so that tests and the command can list them. */
export const errorClasses = [
  ClusterUnavailableError,
  ClusterForbiddenError,
  WriteConflictError,
  WeightNotVerifiedError,
  StoreUnavailableError,
  StoreConflictError,
  AwsUnavailableError,
  FencedError,
  InvalidInputError,
  SpecInvalidError,
  RolloutRefusedError,
  DeadlineExceededError,
  RouteRejectedError,
  WorkloadRejectedError,
  NotFoundError,
] as const;
