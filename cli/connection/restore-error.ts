import { AwsUnavailableError, errorClasses, type SluiceError } from '../../core/errors.ts';

/** An error as it travels: by HTTP from a sandbox, or as what Lambda makes of one. */
export interface TravelledError {
  readonly name: string;
  readonly message: string;
  /** Absent from Lambda's form, whose message contains it. */
  readonly remedy?: string;
}

/**
 * The named error again, so that exit code and print are the same as if it had been thrown here. What is no SluiceError (a Lambda
 * that timed out or ran out of memory) is an AwsUnavailableError that says so.
 */
export function restoreError({ name, message, remedy = '' }: TravelledError): SluiceError {
  for (const ErrorClass of errorClasses) {
    const error = new ErrorClass(message, { remedy });
    if (error.name === name) return error;
  }
  return new AwsUnavailableError(`The controller failed with ${name}: ${message}`, { remedy: remedy || 'Its log says more.' });
}

/** The message without the remedy that stands at its end. */
export function messageOf(error: SluiceError): string {
  const { message, remedy } = error;
  return (remedy !== '' && message.endsWith(remedy) ? message.slice(0, -remedy.length) : message).trim();
}
