import type { RolloutSpecSource } from '../../core/spec/rollout-spec.ts';
import type { Stage } from './stage.ts';

const alarmName = 'checkout-by-hand';

/** An alarm that nothing judges: it stays in the state in which the story puts it. */
export class HandAlarm {
  readonly #stage: Stage;

  private constructor(stage: Stage) {
    this.#stage = stage;
  }

  static make(stage: Stage): HandAlarm {
    void stage.sandbox.cloudWatch.putMetricAlarm({
      alarmName: stage.alarmName(alarmName),
      namespace: 'Sandbox/ByHand',
      metricName: 'Nothing',
      statistic: 'Sum',
      periodSeconds: 60,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      evaluateEveryMs: 86_400_000,
    });
    const alarm = new HandAlarm(stage);
    void alarm.set('OK');
    return alarm;
  }

  /** In process the alarm is in that state at once. Elsewhere when this resolves, after what was asked of alarms before. */
  async set(state: 'OK' | 'ALARM'): Promise<void> {
    await this.#stage.sandbox.cloudWatch.setAlarmState(this.#stage.alarmName(alarmName), state, 'Set by hand.');
  }
}

/** The spec that names that alarm, and no metric: nothing else can end the rollout. */
export function judgedByHand(usual: RolloutSpecSource): RolloutSpecSource {
  return { ...usual, analysis: { interval: '1s', alarms: [alarmName] } };
}

/** The pattern of the events of its changes into a state, for faults of the bus. */
export function handAlarmEvent(state: 'OK' | 'ALARM'): unknown {
  return { source: ['aws.cloudwatch'], detail: { alarmName: [alarmName], state: { value: [state] } } };
}
