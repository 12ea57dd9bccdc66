import { systemClock } from '../../adapters/clock.ts';
import { createPrometheus, createPrometheusAlerts } from '../../adapters/metrics/prometheus.ts';
import type { Providers } from '../define-function.ts';

export const providePrometheus: Providers<'prometheus'> = {
  prometheus: () => (url) => ({
    metrics: createPrometheus({ url, clock: systemClock }),
    alerts: createPrometheusAlerts({ url, clock: systemClock }),
  }),
};
