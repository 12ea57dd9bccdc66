import type { EngineOptions } from './localstack.ts';

/**
 * Resource types of the template that LocalStack knows nothing of, and takes for created. Any other type that it doesn't know fails the
 * deploy, so that nothing is passed over unnoticed.
 */
export const notInLocalStack = ['AWS::CloudWatch::Dashboard', 'AWS::EKS::AccessEntry'] as const;

/** Where the engines differ. */
export interface EngineSettings {
  /** How CloudFormation's functions reach LocalStack with their answers: on loopback, or by HTTPS. */
  readonly answersUrl: string;
  readonly workerEnvironment: Readonly<Record<string, string>>;
  /** Programs for Lambda; on a host only. */
  readonly node?: string;
  readonly worker?: string;
}

/** What `plugin/sluice_localstack/settings.py` reads from SLUICE_LOCALSTACK. */
export function settingsForPlugin(
  options: EngineOptions,
  { answersUrl, workerEnvironment, node = '', worker = '' }: EngineSettings,
): string {
  return JSON.stringify({
    node,
    worker,
    worker_environment: workerEnvironment,
    max_workers: options.maxWorkers,
    wait_scale: options.waitScale,
    alarm_evaluation_seconds: options.alarmEvaluationSeconds,
    schedule_minute_seconds: options.scheduleMinuteSeconds,
    passed_over_types: notInLocalStack,
    answers_url: answersUrl,
  });
}

/** For LocalStack itself, whatever it runs on. Where it does not know a resource type, the plugin decides. */
export function commonEnvironment({ waitScale }: EngineOptions): Record<string, string> {
  return {
    DISABLE_EVENTS: '1',
    LAMBDA_SYNCHRONOUS_CREATE: '1',
    CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES: '1',
    // Seconds to the first retry of an asynchronous call; the second one comes after twice of it.
    LAMBDA_RETRY_BASE_DELAY: String(Math.max(1, Math.round(60 * waitScale))),
  };
}
