import { AwsUnavailableError } from '../../../core/errors.ts';
import type { SignedAnswer } from './signed-request.ts';

export interface CallerIdentity {
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly arn: string;
}

/**
 * Who we are. Needs no permission: STS answers it to everybody who signs.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function readCallerIdentity(
  post: (path: string, contentType: string, body: string) => Promise<SignedAnswer>,
): Promise<CallerIdentity> {
  const answer = await post('/', 'application/x-www-form-urlencoded', 'Action=GetCallerIdentity&Version=2011-06-15');
  const account = /<Account>(\d{12})<\/Account>/.exec(answer.text)?.[1];
  const arn = /<Arn>(arn:([a-z-]+):[^<]+)<\/Arn>/.exec(answer.text);
  if (answer.status !== 200 || account === undefined || arn?.[1] === undefined || arn[2] === undefined) {
    const code = /<Code>([^<]+)<\/Code>/.exec(answer.text)?.[1] ?? `HTTP ${answer.status}`;
    throw new AwsUnavailableError(`STS did not say whose credentials these are: ${code}.`, {
      remedy: 'Sign in again: they may have expired, or belong to another partition than the region.',
    });
  }
  return { account, partition: arn[2], arn: arn[1] };
}
