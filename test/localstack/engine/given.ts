import { systemClock } from '../../../adapters/clock.ts';
import type { EngineOptions, LocalStack } from './localstack.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

/** A LocalStack that somebody else started, and will stop. Its Lambdas are in Docker, as far as one can know. */
export async function useGiven(endpoint: string, options: EngineOptions): Promise<LocalStack> {
  const { account, region, environment } = options;
  const logs = () => '';
  await waitUntilHealthy(endpoint, { clock: systemClock, timeoutMs: 5_000, logs });
  return {
    engine: 'given',
    endpoint,
    region,
    account,
    credentials: { accessKeyId: account, secretAccessKey: 'localstack' },
    hostSeenByLambdas: environment['LOCALSTACK_LAMBDA_HOST'] ?? 'host.docker.internal',
    logs,
    stop: async () => undefined,
  };
}
