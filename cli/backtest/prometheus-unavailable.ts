import { SluiceError } from '../../core/errors.ts';

/** A Prometheus that a person named does not answer. In a rollout that is a verdict, and no error; so no state machine has to know of it. */
export class PrometheusUnavailableError extends SluiceError {
  override readonly name = 'PrometheusUnavailableError';
  override readonly retryable = true;
}
