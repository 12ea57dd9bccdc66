import { describe, expect, it } from 'vitest';
import * as errors from '../../core/errors.ts';

const { errorClasses, SluiceError } = errors;

const retryable = [
  'ClusterUnavailableError',
  'ClusterForbiddenError',
  'WriteConflictError',
  'WeightNotVerifiedError',
  'StoreUnavailableError',
  'StoreConflictError',
  'AwsUnavailableError',
];
const fatal = [
  'FencedError',
  'InvalidInputError',
  'SpecInvalidError',
  'RolloutRefusedError',
  'DeadlineExceededError',
  'RouteRejectedError',
  'WorkloadRejectedError',
  'NotFoundError',
];

describe('the list of errors', () => {
  it('holds every class that the module exports, once', () => {
    const exported = Object.values(errors).filter(
      (value) => typeof value === 'function' && value !== SluiceError && value.prototype instanceof SluiceError,
    );
    expect(new Set<unknown>(errorClasses)).toEqual(new Set<unknown>(exported));
    expect(errorClasses.map((ErrorClass) => ErrorClass.name).toSorted()).toEqual([...retryable, ...fatal].toSorted());
  });
});

describe.each(errorClasses.map((ErrorClass) => [ErrorClass.name, ErrorClass] as const))('%s', (className, ErrorClass) => {
  const cause = new TypeError('fetch failed');
  const error = new ErrorClass('The weight was not written.', { remedy: 'Look at the API server.', cause });

  it('has its class name as its own, literal name, which Step Functions matches', () => {
    expect(Object.getOwnPropertyDescriptor(error, 'name')?.value).toBe(className);
  });

  it('says whether trying again can help', () => {
    expect(error.retryable).toBe(retryable.includes(className));
  });

  it('tells what happened and what to do about it', () => {
    expect(error.message).toBe('The weight was not written. Look at the API server.');
    expect(error.remedy).toBe('Look at the API server.');
  });

  it('keeps its cause, and has none where none was given', () => {
    expect(error.cause).toBe(cause);
    expect(new ErrorClass('It happened.', { remedy: 'Mend it.' })).not.toHaveProperty('cause');
  });

  it('is an Error and a SluiceError with a stack', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(SluiceError);
    expect(error.stack).toContain('errors.test.ts');
  });
});
