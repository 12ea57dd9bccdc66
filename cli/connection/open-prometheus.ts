import type { AwsCredentialsProvider } from '../../adapters/aws/credentials.ts';
import { createPrometheus, createPrometheusAlerts } from '../../adapters/metrics/prometheus.ts';
import { InvalidInputError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { PrometheusFactory } from '../../runtime/deps.ts';
import { lazily } from '../../runtime/providers/lazily.ts';

/**
 * The Prometheus of each spec, as this machine reaches it: a workspace of Amazon Managed Prometheus with the person's own AWS credentials, which are
 * looked for when one is asked.
 *
 * @param elsewhere Where it answers from here, as by a port that is forwarded; the spec's own address where left out.
 * @throws InvalidInputError where that is no address.
 */
export function openPrometheus(clock: Clock, elsewhere: string | undefined): PrometheusFactory {
  if (elsewhere !== undefined) prometheusAddress(elsewhere);
  const credentials = personsCredentials();
  return (url) => {
    const options = { url: elsewhere ?? url, clock, credentials };
    return { metrics: createPrometheus(options), alerts: createPrometheusAlerts(options) };
  };
}

/** What `--prometheus` names. @throws InvalidInputError where that is no address. */
export function prometheusAddress(named: string): string {
  if (/^https?:$/.test(URL.parse(named)?.protocol ?? '')) return named;
  throw new InvalidInputError('What --prometheus names is no http or https address.', {
    remedy: 'Give the address before /api/v1: --prometheus http://localhost:9090',
  });
}

/** The person's own AWS credentials, which are looked for when something is to be signed. */
export function personsCredentials(): AwsCredentialsProvider {
  const provider = lazily(async () => (await import('@aws-sdk/credential-provider-node')).defaultProvider());
  return async () => (await provider())();
}
