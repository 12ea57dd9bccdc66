import * as z from 'zod/mini';
import type { LoadedHandler } from './load-handler.ts';

const call = z.object({
  'invoke-id': z.string(),
  'invoked-function-arn': z.string(),
  'trace-id': z.optional(z.string()),
  payload: z.string(),
  /** Seconds. */
  timeout: z.number(),
});

/** `body` is JSON: what the function returned, or its error as Lambda reports it. */
export interface Answer {
  readonly failed: boolean;
  readonly body: string;
}

/** Calls the handler as Lambda does. Callbacks, which nodejs24.x no longer has, and streams are not served. */
export async function answerCall(loaded: LoadedHandler, line: string): Promise<Answer> {
  try {
    const { payload, timeout, ...about } = call.parse(JSON.parse(line));
    const endsAtMs = Date.now() + timeout * 1000;
    if (about['trace-id'] !== undefined) process.env['_X_AMZN_TRACE_ID'] = about['trace-id'];
    if ('initError' in loaded) throw loaded.initError;
    const result = await loaded.handler(payload === '' ? {} : JSON.parse(payload), {
      awsRequestId: about['invoke-id'],
      invokedFunctionArn: about['invoked-function-arn'],
      functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
      functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
      memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
      logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
      logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
      getRemainingTimeInMillis: () => Math.max(0, endsAtMs - Date.now()),
    });
    return { failed: false, body: JSON.stringify(result ?? null) };
  } catch (error) {
    return { failed: true, body: JSON.stringify(reportOf(error)) };
  }
}

function reportOf(error: unknown) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
