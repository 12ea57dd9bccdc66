import { costOf, type Usage } from './cost.ts';
import { type DeployedParts, deployedParts, servicesCalledFromVpc } from './deployed-parts.ts';
import type { Figure } from './figure.ts';
import { hoursPerMonth, listPrices, minutesPerMonth } from './prices.ts';
import { sum } from './statistics.ts';
import { measureUsage, servicesAtRest } from './usage.ts';

/** A line of the table in docs/deploy.md. */
export interface CostPart {
  readonly part: string;
  readonly month: Usage;
  readonly rollout: Usage;
  /** What turns it on, where not everybody has it. */
  readonly optional?: string;
}

/** Zones that a cluster has at least. */
const zones = 2;
/** DynamoDB asks KMS anew after five minutes. */
const kmsEveryMinutes = 5;

/** What each part of a deployment costs, at rest and per rollout, with those that nobody needs apart. */
export const monthlyCost: Figure = {
  name: 'monthly-cost',
  title: 'Cost by list prices of each part, a month at rest and a rollout of ten steps in an hour',
  async measure() {
    const [measured, basic, full, webhook] = [
      await measureUsage(),
      await deployedParts({ observability: 'alarms' }),
      await deployedParts({ observability: 'full' }),
      await deployedParts({ observability: 'full', webhook: true }),
    ];
    const parts = costParts(measured, { basic, full, webhook });
    const month = (...options: readonly string[]) =>
      totalOf(
        parts.filter(({ optional }) => optional === undefined || options.includes(optional)),
        'month',
      );
    const [alarms, all] = ['observability: alarms', 'observability: full'];
    return {
      readings: [
        { what: `a month at rest, ${servicesAtRest} services`, unit: '$', samples: [month()], target: { atMost: 1, of: 'max' } },
        { what: `the same, with ${alarms}`, unit: '$', samples: [month(alarms)] },
        { what: `the same, with ${all}, the default`, unit: '$', samples: [month(alarms, all)] },
        { what: 'a rollout', unit: '$', samples: [totalOf(parts, 'rollout')], target: { atMost: 0.05, of: 'max' } },
      ],
      notes: [
        ...markdownTable(parts),
        `List prices of ${listPrices.region} as of ${listPrices.readOn}, in test/bench/prices.ts with their pages. Without free tiers.`,
        'Not in it: keeping what is stored (cents), data transfer, metric queries, what the cluster and its telemetry cost anyway.',
      ],
    };
  },
};

interface Deployments {
  readonly basic: DeployedParts;
  readonly full: DeployedParts;
  readonly webhook: DeployedParts;
}

/** The parts, from what was measured and what the templates have. */
export function costParts(
  { rollout, rest }: { readonly rollout: Usage; readonly rest: Usage },
  { basic, full, webhook }: Deployments,
): readonly CostPart[] {
  const both = (part: string, ...names: (keyof Usage)[]): CostPart => ({ part, month: pick(rest, names), rollout: pick(rollout, names) });
  const monthly = (part: string, optional: string, month: Usage): CostPart => ({ part, month, rollout: {}, optional });
  const services = servicesCalledFromVpc();
  const traces = both('X-Ray', 'trace');
  return [
    both('Lambda', 'lambdaRequest', 'lambdaGigabyteSecond'),
    both('DynamoDB', 'dynamoDbReadUnit', 'dynamoDbWriteUnit'),
    both('Step Functions', 'stateTransition'),
    both('EventBridge', 'scheduledCall', 'customEvent'),
    both('logs', 'logGigabyte'),
    both("metrics of Sluice's own, and DescribeAlarms", 'metricHour', 'cloudWatchRequest'),
    { ...traces, month: basic.sweepIsTraced ? traces.month : {} },
    monthly(`${basic.alarmMetrics} metrics under alarm`, 'observability: alarms', { alarmMetric: basic.alarmMetrics }),
    monthly(`${full.alarmMetrics - basic.alarmMetrics} more metrics under alarm`, 'observability: full', {
      alarmMetric: full.alarmMetrics - basic.alarmMetrics,
    }),
    monthly('the dashboard', 'observability: full', { dashboard: full.dashboards }),
    monthly('the webhook: its secret, and its metrics under alarm at the level `full`', 'webhook: true', {
      secret: webhook.secrets,
      alarmMetric: webhook.alarmMetrics - full.alarmMetrics,
    }),
    monthly('a key of your own', 'kmsKeyArn', { kmsKey: 1, kmsRequest: minutesPerMonth / kmsEveryMinutes }),
    monthly(`${services.length} interface endpoints (${services.join(', ')}) in ${zones} zones, where there is no NAT gateway`, 'vpc', {
      endpointHour: services.length * zones * hoursPerMonth,
    }),
  ];
}

/** As it stands in docs/deploy.md: what everybody has, its sum, and what is chosen in cdk.json. */
export function markdownTable(parts: readonly CostPart[]): readonly string[] {
  const needed = parts.filter(({ optional }) => optional === undefined);
  const sums = [totalOf(needed, 'month'), totalOf(needed, 'rollout')].map((dollars) => `**${inDollars(dollars)}**`);
  return [
    '| part | a month at rest | a rollout | only with |',
    '|---|---|---|---|',
    ...needed.map(tableRow),
    `| **together** | ${sums.join(' | ')} | |`,
    ...parts.filter(({ optional }) => optional !== undefined).map(tableRow),
  ];
}

export function tableRow({ part, month, rollout, optional }: CostPart): string {
  const [atRest, perRollout] = [month, rollout].map((usage) => inDollars(costOf(usage).dollars));
  return `| ${part} | ${atRest} | ${perRollout} | ${optional === undefined ? '' : `\`${optional}\` `}|`;
}

/** @example inDollars(0.8) // '$0.80', inDollars(0.0023) // '$0.0023', inDollars(0.00001) // 'under $0.0001' */
function inDollars(value: number): string {
  if (value === 0) return '-';
  if (value < 0.0001) return 'under $0.0001';
  return `$${value.toFixed(value < 0.01 ? 4 : 2)}`;
}

function totalOf(parts: readonly CostPart[], when: 'month' | 'rollout'): number {
  return sum(parts.map((part) => costOf(part[when]).dollars));
}

function pick(usage: Usage, names: readonly (keyof Usage)[]): Usage {
  return Object.fromEntries(names.map((name) => [name, usage[name] ?? 0]));
}
