import { errorClasses } from '../../core/errors.ts';
import type { Machine, Problem, State } from './machine.ts';

const errors = errorClasses.map((ErrorClass) => new ErrorClass('It failed.', { remedy: 'Mend it.' }));
const retryable: readonly string[] = errors.filter((error) => error.retryable).map(({ name }) => name);
/** Trying again cannot mend these. A Task that tries everything else again sets them apart first, with no attempt. */
export const fatal: readonly string[] = errors.filter((error) => !error.retryable).map(({ name }) => name);

/**
 * Lambda has no room for the call, and nothing was called. It has an entry of its own in Retry, because it passes only as fast as other rollouts make
 * room: Begin, which holds nothing yet, waits for minutes, so that whoever holds a service comes first, and waits as long as its lease lets it.
 * docs/bench.md (At scale) has what that comes to.
 */
export const noRoom = 'Lambda.TooManyRequestsException';

/**
 * What can pass by itself when Step Functions calls a function. The last two are of functions in a VPC, which Lambda parks when nobody has called
 * them for weeks: the call that wakes one fails.
 * Sources: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
const passingLambdaErrors = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ResourceNotReadyException',
  'Lambda.ENINotReadyException',
];

/** The one list that every Retry names besides: our errors that can pass, and Lambda's. */
export const retryPolicy: readonly string[] = [...retryable, ...passingLambdaErrors];

/**
 * The names that a Retry or a Catch can match. States.Runtime is not among them: it ends the execution whatever is caught.
 * Sources: https://states-language.net/spec.html#appendix-a,
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const known = new Set([
  noRoom,
  ...retryPolicy,
  ...fatal,
  'Lambda.Unknown',
  'States.ALL',
  'States.BranchFailed',
  'States.DataLimitExceeded',
  'States.ExceedToleratedFailureThreshold',
  'States.HeartbeatTimeout',
  'States.Http.Socket',
  'States.IntrinsicFailure',
  'States.ItemReaderFailed',
  'States.NoChoiceMatched',
  'States.ParameterPathFailure',
  'States.Permissions',
  'States.ResultPathMatchFailure',
  'States.ResultWriterFailed',
  'States.TaskFailed',
  'States.Timeout',
]);

/**
 * The names in Retry and Catch: each exists, States.ALL is last and alone, and what Retry tries again by its name is what can pass and nothing
 * else. Which Tasks try an unnamed error again, by States.ALL, is for checkTasks to say.
 */
export function checkErrorNames({ definition }: Machine): Problem[] {
  return Object.entries(definition.States).flatMap(([state, { Retry = [], Catch = [] }]) =>
    [
      ...unknownNames([...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals)),
      ...wildcards('Retry', Retry),
      ...wildcards('Catch', Catch),
      ...Retry.filter(({ ErrorEquals, MaxAttempts }) => MaxAttempts !== 0 && !['States.ALL', noRoom].includes(ErrorEquals.join())).flatMap(
        ({ ErrorEquals }) => outsidePolicy(ErrorEquals),
      ),
    ].map((what) => ({ state, what })),
  );
}

function unknownNames(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => !known.has(name)).map((name) => `names the error ${name}, which nothing throws`);
}

function wildcards(field: 'Retry' | 'Catch', handlers: NonNullable<State['Catch' | 'Retry']>): string[] {
  return handlers.flatMap(({ ErrorEquals }, index) => {
    if (!ErrorEquals.includes('States.ALL')) return [];
    const alone = ErrorEquals.length === 1 ? [] : [`has States.ALL beside other names in ${field}; it must stand alone`];
    const last = index === handlers.length - 1 ? [] : [`has States.ALL before other entries of ${field}; it must stand last`];
    return [...alone, ...last];
  });
}

function outsidePolicy(names: readonly string[]): string[] {
  return [
    ...names.filter((name) => fatal.includes(name)).map((name) => `retries ${name}, which is fatal`),
    ...retryPolicy.filter((name) => !names.includes(name)).map((name) => `does not retry ${name}`),
    ...names
      .filter((name) => /^(States|Lambda)\./.test(name) && !retryPolicy.includes(name))
      .map((name) => `retries ${name}, which is not in the policy`),
  ];
}
