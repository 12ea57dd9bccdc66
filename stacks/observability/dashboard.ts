import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Watched } from '../observability.ts';
import { metricsOf } from './watched-metrics.ts';

/** A dashboard is 24 columns wide; the text takes 6, and the graphs of its row share the rest. */
const textColumns = 6;
const graphColumns = 24 - textColumns;
const rowHeight = 6;

/** Nobody waits for these to be tried again by a state machine, so a throttle of theirs is a delay that users feel. */
const waitedFor = ['Abort', 'ReceiveAlerts', 'ReceiveWebhook', 'Operate', 'Sweep'];

interface Row {
  /** Markdown: what is shown, and what to look for. */
  readonly text: string;
  readonly graphs: Readonly<Record<string, readonly IMetric[]>>;
}

/**
 * The dashboard `<prefix>`. It refers to at most fifty metrics, the alarms' not counted: such a dashboard is free among the first three of an
 * account. Source: https://aws.amazon.com/cloudwatch/pricing/
 */
export function createDashboard(scope: Construct, watched: Watched, alarms: readonly Alarm[]): Dashboard {
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: watched.prefix,
    defaultInterval: Duration.hours(12),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms on Sluice itself', alarms: [...alarms], width: 24, height: 3 })],
      ...rowsOf(watched).map(({ text, graphs }) => {
        const entries = Object.entries(graphs);
        return [
          new TextWidget({ markdown: text, width: textColumns, height: rowHeight, background: TextWidgetBackground.TRANSPARENT }),
          ...entries.map(
            ([title, metrics]) => new GraphWidget({ title, left: [...metrics], width: graphColumns / entries.length, height: rowHeight }),
          ),
        ];
      }),
    ],
  });
}

function rowsOf(watched: Watched): readonly Row[] {
  const { own, ofFunction, ofMachine, deadLetters, tableThrottles } = metricsOf(watched);
  const names = Object.keys(watched.functions);
  return [
    {
      text: '### Rollouts\nHow many hold their service, and how they end. A rollback is Sluice at work. **Look for** failed or stuck above 0: a service waits for a person.',
      graphs: {
        'under way': [
          own('RolloutsActive', { statistic: Stats.MAXIMUM, label: 'running' }),
          own('RolloutsStuck', { statistic: Stats.MAXIMUM, label: 'stuck' }),
        ],
        ended: [
          own('RolloutsSucceeded', { label: 'succeeded' }),
          own('RolloutsRolledBack', { label: 'rolled back' }),
          own('RolloutsFailed', { label: 'failed' }),
        ],
      },
    },
    {
      text: '### Doors\nHow fast traffic goes back. **Look for** seconds in the first graph: the store or the cluster is slow. For more than half a minute in the second: the event of an alarm was late or lost, and the sweep found it.',
      graphs: {
        'abort door, ms': [
          ofFunction('Abort', 'Duration', { statistic: Stats.percentile(50), label: 'call p50' }),
          ofFunction('Abort', 'Duration', { statistic: Stats.percentile(99), label: 'call p99' }),
          own('DoorMs', { statistic: Stats.percentile(50), label: 'to safe split p50' }),
          own('DoorMs', { statistic: Stats.percentile(99), label: 'to safe split p99' }),
        ],
        'alarm to safe split, ms': [own('AlarmToSafeSplitMs', { statistic: Stats.MAXIMUM, label: 'slowest' })],
      },
    },
    {
      text: '### Watchdog\nThe sweep runs once a minute, and events that nobody could handle wait as dead letters. **Look for** a gap in the runs, a run of more than 40 seconds (50 is its end), and any dead letter.',
      graphs: {
        'sweep runs': [ofFunction('Sweep', 'Invocations', { label: 'runs' }), own('RollbacksRestarted', { label: 'rollbacks restarted' })],
        'sweep, ms': [ofFunction('Sweep', 'Duration', { statistic: Stats.MAXIMUM, label: 'longest' })],
        'dead letters': [deadLetters],
      },
    },
    {
      text: '### Functions\n**Look for** an error that comes back every minute: its log says why. Throttles are shown of those that nobody tries again at once; states are tried again by Step Functions.',
      graphs: {
        errors: names.map((name) => ofFunction(name, 'Errors', { label: name })),
        throttles: waitedFor.filter((name) => names.includes(name)).map((name) => ofFunction(name, 'Throttles', { label: name })),
      },
    },
    {
      text: '### Engine\nExecutions of both machines, and the table. How rollouts end is in the first row. **Look for** a rollback that did not succeed, and for throttles that last: raise the account’s quota of the table, or ask what else writes.',
      graphs: {
        'rollout executions': [
          ofMachine('rollout', 'ExecutionsStarted', { label: 'started' }),
          ofMachine('rollout', 'ExecutionsFailed', { label: 'failed' }),
        ],
        'rollback executions': [
          ofMachine('rollback', 'ExecutionsStarted', { label: 'started' }),
          ofMachine('rollback', 'ExecutionsSucceeded', { label: 'succeeded' }),
          ofMachine('rollback', 'ExecutionsFailed', { label: 'failed' }),
        ],
        'table throttles': [
          tableThrottles('ReadThrottleEvents', { label: 'reads' }),
          tableThrottles('WriteThrottleEvents', { label: 'writes' }),
        ],
      },
    },
  ];
}
