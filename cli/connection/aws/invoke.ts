import * as z from 'zod/mini';
import { AwsUnavailableError, NotFoundError } from '../../../core/errors.ts';
import { restoreError } from '../restore-error.ts';
import type { SignedAnswer } from './signed-request.ts';

const functionError = z.object({ errorType: z._default(z.string(), 'Error'), errorMessage: z._default(z.string(), '') });
const refusal = z.object({ message: z.optional(z.string()), Message: z.optional(z.string()) });

/**
 * Lambda's Invoke, synchronous. An error that the function threw is thrown here under its own name.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 *
 * @throws NotFoundError where there is no such function, AwsUnavailableError for every other refusal.
 */
export async function invokeFunction(
  post: (path: string, contentType: string, body: string) => Promise<SignedAnswer>,
  functionName: string,
  input: unknown,
): Promise<unknown> {
  const answer = await post(`/2015-03-31/functions/${functionName}/invocations`, 'application/json', JSON.stringify(input));
  if (answer.status !== 200) throw refused(functionName, answer);
  const payload = parseJson(answer.text);
  if (answer.header('x-amz-function-error') === undefined) return payload;
  const error = functionError.safeParse(payload);
  throw restoreError({
    name: error.success ? error.data.errorType : 'Error',
    message: error.success ? error.data.errorMessage : answer.text.slice(0, 200),
  });
}

/** @example functionNameOf('sluice', 'ApplySpec') // 'sluice-apply-spec' */
export function functionNameOf(prefix: string, name: string): string {
  return `${prefix}-${name.replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}`;
}

function refused(functionName: string, answer: SignedAnswer): Error {
  if (answer.status === 404) {
    return new NotFoundError(`There is no function ${functionName}.`, {
      remedy: 'Correct --region or --prefix, or deploy the controller with `npx cdk deploy`.',
    });
  }
  const type = answer.header('x-amzn-errortype')?.split(':')[0] ?? `HTTP ${answer.status}`;
  const parsed = refusal.safeParse(parseJson(answer.text));
  const message = parsed.success ? (parsed.data.message ?? parsed.data.Message ?? '') : '';
  return new AwsUnavailableError(`Lambda did not call ${functionName}: ${type}${message === '' ? '' : `, ${message}`}.`, {
    remedy: 'See that you may do lambda:InvokeFunction on it; if you may, try again.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
