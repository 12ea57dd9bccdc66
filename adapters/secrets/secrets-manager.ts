import { Buffer } from 'node:buffer';
import * as z from 'zod/mini';
import { AwsUnavailableError, NotFoundError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { AwsJsonApi } from '../aws/json-api.ts';
import { callWithRetry } from '../aws/retry.ts';

export interface SecretsManagerOptions {
  /** The JSON API with the service `secretsmanager`, the target prefix `secretsmanager` and JSON 1.1. */
  readonly call: AwsJsonApi;
  readonly secretArn: string;
  readonly clock: Clock;
  /** How old what was read may be; a rotation counts for everybody after this time. */
  readonly maxAgeSeconds?: number;
  /** How soon it is read again for a token that does not fit, which a rotation may explain; and no sooner, whoever guesses. */
  readonly minAgeSeconds?: number;
}

/** One secret in its present version and the one before: while it is rotated, both are good. */
export interface SecretSource {
  /**
   * The secrets that are good now.
   *
   * @param doubted Those that were given before do not fit: look again, unless that was done a moment ago.
   * @throws AwsUnavailableError, NotFoundError
   */
  read(doubted?: boolean): Promise<readonly string[]>;
}

/** Shorter ones can be guessed. */
const shortestSecret = 16;

const stages = ['AWSCURRENT', 'AWSPREVIOUS'] as const;
const output = z.object({ SecretString: z.optional(z.string()), SecretBinary: z.optional(z.string()) });

/**
 * Reads one secret of Secrets Manager, and keeps it for some minutes. What it read stands in no error and in no log.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function createSecretSource(options: SecretsManagerOptions): SecretSource {
  const { call, secretArn, clock, maxAgeSeconds = 300, minAgeSeconds = 30 } = options;
  let kept: { readonly secrets: readonly string[]; readonly atMs: number } | undefined;

  const readStage = async (stage: (typeof stages)[number]): Promise<string | undefined> => {
    const input = { SecretId: secretArn, VersionStage: stage };
    const answer = await callWithRetry(call, 'GetSecretValue', input, { clock, attempts: 3, repeatable: true });
    if (answer.status === 'ok') {
      const parsed = output.safeParse(answer.output);
      if (!parsed.success) return undefined;
      const { SecretString, SecretBinary } = parsed.data;
      return SecretString ?? (SecretBinary === undefined ? undefined : Buffer.from(SecretBinary, 'base64').toString('utf8'));
    }
    // A secret that was never rotated has no version before, and one that was made without a value has none at all.
    if (answer.failure.name === 'ResourceNotFoundException') return undefined;
    throw new AwsUnavailableError(`Secrets Manager did not do GetSecretValue: ${answer.failure.name}.`, {
      remedy: answer.failure.retryable
        ? 'Try again later; the AWS Health Dashboard tells more.'
        : `Check that ${secretArn} exists, and that the role may do secretsmanager:GetSecretValue on it, and use its KMS key.`,
    });
  };

  return {
    async read(doubted = false) {
      const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : clock.now() - kept.atMs;
      if (kept !== undefined && ageMs < (doubted ? minAgeSeconds : maxAgeSeconds) * 1000) return kept.secrets;
      const found = await Promise.all(stages.map(readStage));
      const secrets = found.flatMap((secret) => (secret === undefined || secret.trim().length < shortestSecret ? [] : [secret.trim()]));
      if (secrets.length === 0) {
        throw new NotFoundError(`The secret ${secretArn} has no value of at least ${shortestSecret} characters.`, {
          remedy: 'Put a long random value into it, as plain text.',
        });
      }
      kept = { secrets, atMs: clock.now() };
      return secrets;
    },
  };
}
