import * as z from 'zod/mini';
import { AwsUnavailableError, InvalidInputError, SluiceError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import type { Log } from './log.ts';

/**
 * What CloudFormation sends when a custom resource is made, changed or taken away. The properties are what the template says, every
 * value of them as text, and are parsed by whoever acts: what is wrong with them must be answered, as everything must.
 *
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export const customResourceRequest = z.looseObject({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  /** Presigned: whoever knows it can answer in our place. It stands in no log and in no error. */
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.optional(z.string()),
  ResourceProperties: z._default(z.record(z.string(), z.unknown()), {}),
  OldResourceProperties: z.optional(z.record(z.string(), z.unknown())),
});
export type CustomResourceRequest = z.infer<typeof customResourceRequest>;

/** What an act came to when it went well. */
export interface CustomResourceDone {
  /** Another than before makes CloudFormation send a Delete for the one before, once the whole update is through. */
  readonly physicalId: string;
  /** For Fn::GetAtt. */
  readonly data?: Readonly<Record<string, string>>;
}

/** The part of `fetch` that is used. */
export type AnswerFetch = (
  url: string,
  init: {
    readonly method: 'PUT';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number }>;

export interface AnswerDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * How long the act may take, and how long all of it, which must stay below the timeout of the Lambda: one that is ended in between
 * has said nothing, and CloudFormation waits an hour for a word.
 */
export const actSeconds = 20;
export const answerSeconds = 40;

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
const answerBytes = 4096;

/** Marks a resource of which nothing came into being: the Delete that CloudFormation sends after a Create that failed finds nothing to undo. */
const neverMade = 'never-made';

/**
 * Answers a request of CloudFormation, whatever becomes of the act: what it throws is the reason of a FAILED, and what does not end in time
 * is one too. What can pass (the store does not answer, somebody else wrote first) is tried again before, since CloudFormation itself tries
 * nothing twice. A Delete of what never came into being succeeds without the act.
 *
 * @throws AwsUnavailableError where the answer could not be delivered: Lambda then calls again, and the act finds its work done.
 * @throws InvalidInputError where the address of the answer is none that an answer may go to.
 */
export async function answerCustomResource(
  { clock, log }: AnswerDeps,
  request: CustomResourceRequest,
  act: (request: CustomResourceRequest) => Promise<CustomResourceDone>,
  fetch: AnswerFetch = globalThis.fetch,
): Promise<{ readonly outcome: 'SUCCESS' | 'FAILED' }> {
  const endMs = clock.now() + answerSeconds * 1000;
  const url = answerUrl(request.ResponseURL);
  const answer = await answerOf({ clock, log }, request, act);
  await deliver({ clock, log }, url, fitting(answer), endMs, fetch);
  return { outcome: answer.Status };
}

type Answer = Readonly<{
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
  Data?: Readonly<Record<string, string>>;
}>;

async function answerOf(
  { clock, log }: AnswerDeps,
  request: CustomResourceRequest,
  act: (request: CustomResourceRequest) => Promise<CustomResourceDone>,
): Promise<Answer> {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = `${neverMade}/${LogicalResourceId}` } = request;
  const same = { StackId, RequestId, LogicalResourceId };
  if (request.RequestType === 'Delete' && PhysicalResourceId.startsWith(`${neverMade}/`)) {
    return { Status: 'SUCCESS', PhysicalResourceId, ...same };
  }
  try {
    const { physicalId, data } = await inTime(clock, () => act(request));
    return { Status: 'SUCCESS', PhysicalResourceId: physicalId, ...same, ...(data === undefined ? {} : { Data: data }) };
  } catch (error) {
    log.error('refused', error);
    // The same id as before: after an update that failed nothing is to be deleted.
    return { Status: 'FAILED', Reason: reasonOf(error), PhysicalResourceId, ...same };
  }
}

/** Tries again what can pass, until the act's time is up. */
async function inTime(clock: Clock, act: () => Promise<CustomResourceDone>): Promise<CustomResourceDone> {
  const endMs = clock.now() + actSeconds * 1000;
  const ended = new AbortController();
  const late = clock.sleep(actSeconds * 1000, ended.signal).then((): never => {
    throw new AwsUnavailableError(`It was not done within ${actSeconds} s.`, {
      remedy: 'Try the deployment again; if it stays so, look into the logs of this function.',
    });
  });
  const tries = async (): Promise<CustomResourceDone> => {
    for (let waitMs = 250; ; waitMs *= 2) {
      try {
        return await act();
      } catch (error) {
        const passes = error instanceof SluiceError && error.retryable;
        if (!passes || clock.now() + waitMs >= endMs) throw error;
        await clock.sleep(waitMs);
      }
    }
  };
  try {
    return await Promise.race([tries(), late]);
  } finally {
    late.catch(() => undefined);
    ended.abort();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SluiceError) return error.message;
  return `${error instanceof Error ? error.message : String(error)} This is a defect of Sluice: the logs of this function say more.`;
}

/** An answer of more than 4,096 bytes is refused as a whole, so the reason gives way, from its end. */
function fitting(answer: Answer): string {
  const whole = JSON.stringify(answer);
  const over = Buffer.byteLength(whole) - answerBytes;
  if (over <= 0 || answer.Reason === undefined) return whole;
  const rest = ' … (the logs of this function have the rest)';
  const fits = (length: number) =>
    Buffer.byteLength(JSON.stringify({ ...answer, Reason: `${answer.Reason?.slice(0, length)}${rest}` })) <= answerBytes;
  let length = Math.min(answer.Reason.length, answerBytes);
  while (length > 0 && !fits(length)) length -= 1;
  return JSON.stringify({ ...answer, Reason: `${answer.Reason.slice(0, length)}${rest}` });
}

/** Names that lead to this machine: `localhost`, and the public name that emulators of AWS use for it. */
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|([a-z0-9-]+\.)*localhost\.localstack\.cloud)$/;

function answerUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))) return url.href;
  throw new InvalidInputError('The address for the answer to CloudFormation is not one over https.', {
    remedy: 'Requests come from CloudFormation alone: see who else may call this function.',
  });
}

async function deliver({ clock, log }: AnswerDeps, url: string, body: string, endMs: number, fetch: AnswerFetch): Promise<void> {
  for (let waitMs = 500; ; waitMs *= 2) {
    const outcome = await deliverOnce(url, body, fetch);
    if (outcome === 'delivered') return;
    log.warn('the answer to CloudFormation was not taken', { why: outcome.why });
    if (!outcome.passes || clock.now() + waitMs + tryMs >= endMs) {
      throw new AwsUnavailableError(`The answer to CloudFormation was not taken (${outcome.why}).`, {
        remedy: 'Lambda calls again by itself; if the stack hangs, see that this function can reach S3 from its network.',
      });
    }
    await clock.sleep(waitMs);
  }
}

/** For one try, from the start of the connection to the answer. In real time, since it is a network that it waits for. */
const tryMs = 5_000;

async function deliverOnce(url: string, body: string, fetch: AnswerFetch): Promise<'delivered' | { why: string; passes: boolean }> {
  try {
    // The signature is over an empty content type. A redirect is no delivery, and is not followed: who knows where the answer would go.
    const { status } = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': '' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(tryMs),
    });
    if (status >= 200 && status < 300) return 'delivered';
    return { why: `HTTP ${status}`, passes: status >= 500 || status === 429 };
  } catch (error) {
    // Only what kind of failure: a message may hold the address.
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
    return { why: code ?? (cause instanceof Error ? cause.name : 'the network'), passes: true };
  }
}
