import { alarmStateChangeEvent } from '../../../core/spec/events.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import type { SingleMetricAlarm } from '../../../sandbox/cloudwatch/alarm-definition.ts';
import { CloudWatch } from '../../../sandbox/cloudwatch/cloudwatch.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';

export const startMs = Date.UTC(2026, 0, 5, 3, 0, 0);
export const errors = { namespace: 'Shop', metricName: 'Errors', dimensions: { Service: 'checkout' } };
export const alarm: SingleMetricAlarm = {
  alarmName: 'checkout-errors',
  ...errors,
  statistic: 'Sum',
  periodSeconds: 10,
  evaluationPeriods: 1,
  threshold: 5,
  comparisonOperator: 'GreaterThanThreshold',
};

/** A CloudWatch on a bus of the account and region of AWS's own examples. */
export function setUp(atMs = startMs) {
  const clock = new VirtualClock({ startMs: atMs });
  const bus = new EventBus({ clock, account: '123456789012', region: 'us-east-1' });
  const cloudWatch = new CloudWatch({ clock, bus });
  /** Which alarm came into which state, and how many seconds after the start. */
  const changes = () =>
    bus.puts.map(({ event, atMs }) => {
      const { alarmName, state } = alarmStateChangeEvent.parse(event).detail;
      return `${(atMs - startMs) / 1_000} ${alarmName} ${state.value}`;
    });
  const lastState = () => alarmStateChangeEvent.parse(bus.puts.at(-1)?.event).detail.state;
  return { clock, bus, cloudWatch, changes, lastState };
}
