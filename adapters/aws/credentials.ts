import { NotFoundError } from '../../core/errors.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Asked before each request, so that a provider may refresh what expires. The SDK's own providers fit too. */
export type AwsCredentialsProvider = () => Promise<AwsCredentials>;

/**
 * The credentials that Lambda puts into the environment of a Node function. They live longer than the execution environment
 * does, so there is nothing to refresh. Elsewhere (the command, a laptop) use `@aws-sdk/credential-provider-node`, which knows
 * profiles, SSO and roles, and costs ten times the bytes: docs/decisions/0004-aws-clients-and-bundle-size.md.
 *
 * @throws NotFoundError, on use, where the variables are not set.
 */
export function environmentCredentials(environment: Readonly<Record<string, string | undefined>>): AwsCredentialsProvider {
  return async () => {
    const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
    const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
    const sessionToken = environment['AWS_SESSION_TOKEN'];
    if (!accessKeyId || !secretAccessKey) {
      throw new NotFoundError('There are no AWS credentials in the environment.', {
        remedy: 'Run it as a Lambda function with a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
      });
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  };
}
