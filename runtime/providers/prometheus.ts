import { environmentCredentials } from '../../adapters/aws/credentials.ts';
import { systemClock } from '../../adapters/clock.ts';
import { createPrometheus, createPrometheusAlerts } from '../../adapters/metrics/prometheus.ts';
import type { Providers } from '../define-function.ts';

export const providePrometheus: Providers<'prometheus'> = {
  prometheus: () => (url) => {
    const options = { url, clock: systemClock, credentials: environmentCredentials(process.env) };
    return { metrics: createPrometheus(options), alerts: createPrometheusAlerts(options) };
  },
};
