import type * as z from 'zod/mini';
import type { Clock } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';
import type { AwsFailure, AwsJsonApi } from '../aws/json-api.ts';
import { callWithRetry, throttling } from '../aws/retry.ts';

/** CloudWatch is `monitoring` in host names and signatures, and speaks JSON 1.0 under its oldest name, as AWS's own SDK has it. */
export const cloudWatchApi = { service: { name: 'monitoring', id: 'CLOUDWATCH' }, targetPrefix: 'GraniteServiceVersion20100801' } as const;

/** How CloudWatch is called. */
export interface CloudWatchCalls {
  /** Of `cloudWatchApi`. */
  readonly call: AwsJsonApi;
  readonly clock: Clock;
  /** Of each page, the first one included. */
  readonly attempts: number;
}

interface Page {
  readonly NextToken?: string | null | undefined;
}

export interface PagesOf<T extends Page> {
  readonly shape: z.ZodMiniType<T>;
  readonly most: number;
  /** Called when a page was answered. */
  readonly onPage?: () => void;
}

export type AskedPages<T> =
  | { readonly ok: true; readonly pages: readonly T[]; readonly isWhole: boolean }
  | ({ readonly ok: false } & FailedPages);

export interface FailedPages {
  readonly why: string;
  readonly isRefused?: true;
  readonly isThrottled?: true;
}

/** All pages of one operation that only reads, or why not. */
export async function askPages<T extends Page>(
  { call, clock, attempts }: CloudWatchCalls,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  { shape, most, onPage }: PagesOf<T>,
): Promise<AskedPages<T>> {
  const pages: T[] = [];
  for (let token: string | null | undefined; pages.length < most; ) {
    const page = await callWithRetry(call, operation, token ? { ...input, NextToken: token } : input, {
      clock,
      attempts,
      repeatable: true,
    });
    if (page.status === 'failed') return { ok: false, ...whyFailed(operation, page.failure) };
    const parsed = shape.safeParse(page.output);
    if (!parsed.success) return { ok: false, why: `The answer of CloudWatch to ${operation} has a shape that is not known.` };
    pages.push(parsed.data);
    onPage?.();
    token = parsed.data.NextToken;
    if (!token) return { ok: true, pages, isWhole: true };
  }
  return { ok: true, pages, isWhole: false };
}

/** A rate that was exceeded, and a role that may not ask, are sources that do not answer; a question that is wrong is one for good. */
function whyFailed(operation: string, { name, message, retryable, refused }: AwsFailure): FailedPages {
  const said = `${shorten(name, 60)}, ${shorten(message, 500)}`;
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(name)) {
    return { why: `CloudWatch refused ${operation}: ${said}. Who asks needs cloudwatch:${operation}.` };
  }
  if (refused && !retryable && /Validation|InvalidParameter|MissingRequiredParameter|MissingParameter/.test(name)) {
    return { why: `CloudWatch can't read what it is asked: ${said}.`, isRefused: true };
  }
  if (throttling.test(name)) {
    return { why: `CloudWatch throttles ${operation}, whose quota the account shares with all who ask: ${said}.`, isThrottled: true };
  }
  return { why: `CloudWatch did not answer ${operation}: ${said}.` };
}
