import * as z from 'zod/mini';
import { boundedHold } from './bounded-hold.ts';
import { budget } from './budget-spec.ts';
import { asksCloudWatch } from './cloudwatch-spec.ts';
import { quote } from './diagnostic.ts';
import { duration } from './duration.ts';
import { begun, type MetricSpec, metric } from './metric-spec.ts';
import { alarmNames, kubernetesName, mostAlarms, positiveInt, rolloutName } from './names.ts';
import { pace } from './pace-spec.ts';
import { percentage } from './percentage.ts';
import { resilience } from './resilience-spec.ts';
import { router } from './router-spec.ts';
import { telemetry } from './telemetry-spec.ts';
import { workload } from './workload-spec.ts';

export {
  isCloudWatch,
  isMannWhitney,
  isPrometheusMetric,
  isProportion,
  isQuery,
  isSaturation,
  type MetricSpec,
  type PrometheusMetric,
} from './metric-spec.ts';

/**
 * The rollout spec: the one file a service team writes (`rollouts/<name>.yaml`). This schema is the only place where its shape
 * is written; the types, the checks and the JSON Schema that editors pick up derive from it. Durations are text in the file
 * (`bake: 5m`) and seconds after parsing (`bakeSeconds: 300`). Unknown keys are errors.
 */

/** A name in ECR has up to 256 characters, a registry's host up to 253; with its port and slash. It is part of keys in the store, which are bounded. */
const mostOfRepository = 256 + 253 + 7;

/** `<registry>/<name>`, without tag and digest. */
export const repositoryPattern = /^[a-z0-9.-]+(:\d+)?\/[a-z0-9._/-]+$/;

const image = z.strictObject({
  repository: z.string().check(
    z.regex(repositoryPattern, {
      error: 'an image repository with its registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout',
    }),
    z.maxLength(mostOfRepository),
    z.describe('Where the image is pushed to, with its registry, without tag and digest'),
  ),
  tags: z._default(
    z
      .array(z.string().check(z.minLength(1)))
      .check(z.minLength(1), z.describe('Glob patterns; a push starts a rollout when one of them matches its tag')),
    ['*'],
  ),
});

const pause = z.pipe(
  z.strictObject({
    for: duration.check(z.describe('How long a person has to resume or abort')),
    onDeadline: z
      ._default(z.enum(['abort', 'advance']), 'abort')
      .check(z.describe('What happens when nobody answered in time: roll back, or go on to the next step')),
  }),
  z.transform(({ for: forSeconds, onDeadline }) => ({ forSeconds, onDeadline })),
);

const explicitStep = z.pipe(
  z
    .strictObject({
      weight: z
        ._default(z.int().check(z.nonnegative()), 0)
        .check(
          z.describe(
            "The canary's share of new requests, as an integer of totalWeight. Rises with each step; 0 only where requests are mirrored",
          ),
        ),
      mirror: z.optional(
        positiveInt.check(z.describe('Copies so many of totalWeight requests to the canary, whose answers nobody sees. Only at weight 0')),
      ),
      bake: duration.check(z.describe('How long this weight is held while it is judged; at least one analysis interval')),
      pause: z.optional(pause.check(z.describe('After the bake, wait for a person'))),
    })
    .check(
      z.refine(({ weight, mirror }) => weight > 0 || mirror !== undefined, { error: 'a weight above 0, or a mirror', path: ['weight'] }),
      z.refine(({ weight, mirror }) => weight === 0 || mirror === undefined, {
        error: 'no mirror beside a weight: requests are mirrored before the canary answers any',
        path: ['mirror'],
      }),
    ),
  z.transform(({ weight, mirror, bake, pause }) => ({
    weight,
    bakeSeconds: bake,
    ...(mirror === undefined ? {} : { mirrorWeight: mirror }),
    ...(pause === undefined ? {} : { pause }),
  })),
);
export type ExplicitStep = z.infer<typeof explicitStep>;

const linearSteps = z.strictObject({
  linear: z.pipe(
    z.strictObject({
      by: positiveInt.check(z.describe('By how much the weight rises with each step; the last step is at totalWeight')),
      every: duration.check(z.describe('The bake of each step')),
    }),
    z.transform(({ by, every }) => ({ by, bakeSeconds: every })),
  ),
});

const exponentialSteps = z.strictObject({
  exponential: z.pipe(
    z.strictObject({
      from: z._default(positiveInt, 1).check(z.describe('The weight of the first step')),
      factor: z
        ._default(z.number().check(z.minimum(1.1), z.maximum(100)), 2)
        .check(z.describe('What the weight is multiplied by from step to step, rounded; the last step is at totalWeight')),
      every: duration.check(z.describe('The bake of each step')),
    }),
    z.transform(({ from, factor, every }) => ({ from, factor, bakeSeconds: every })),
  ),
});

const steps = z
  .union([z.array(explicitStep).check(z.minLength(1), z.maxLength(100)), linearSteps, exponentialSteps], {
    error: 'a list of steps (weight, bake), or linear (by, every), or exponential (from, factor, every)',
  })
  .check(z.describe('How the weight rises: a list of steps, or linear, or exponential. The last step is at totalWeight'));

/** The first name that two metrics have. */
function nameOfTwo(metrics: readonly { readonly name: string }[]): string | undefined {
  const names = metrics.map(({ name }) => name);
  return names.find((name, index) => names.indexOf(name) !== index);
}

const analysis = z.pipe(
  z
    .strictObject({
      interval: z.prefault(duration, '10s').check(z.describe('The time from one measurement to the next; at least 1s')),
      prometheus: z.optional(
        z
          .strictObject({
            url: z
              .url({ protocol: /^https?$/, error: 'the http or https address of a Prometheus API' })
              .check(z.maxLength(2_048), z.describe('The address before /api/v1/query')),
          })
          .check(z.describe('Who answers queries, comparisons and alerts; required where there are any')),
      ),
      telemetry: z.optional(
        telemetry.check(z.describe('Which series count the requests to each side; off: the weight is not verified by them')),
      ),
      metrics: z
        ._default(z.array(metric).check(z.maxLength(50)), [])
        .check(
          z.describe('successRate, latency, saturation, throughput, or what Prometheus or CloudWatch is asked, each with a threshold'),
        ),
      falseAlarmLevel: z
        .prefault(percentage, '1%')
        .check(z.describe('How often all successRate and latency metrics together may fail a healthy version, in a whole rollout')),
      budget: z.optional(
        budget.check(
          z.describe('So many bad answers above baseline a rollout may cost, by each successRate and latency: spending it rolls back'),
        ),
      ),
      warmUp: z
        .prefault(duration, '0s')
        .check(z.describe('So long after the canary got its first weight no metric is asked, and nothing bakes; alarms and alerts count')),
      alarms: alarmNames.check(z.describe('Names of CloudWatch alarms; one that fires rolls back at once')),
      alerts: alarmNames.check(z.describe('Names of Prometheus alerts; one that fires rolls back at once')),
    })
    .check(
      z.refine((a) => a.metrics.length + a.alarms.length + a.alerts.length > 0, {
        error: 'at least one metric, alarm or alert: a rollout that nothing judges is not a canary',
        path: ['metrics'],
      }),
      z.refine((a) => a.alarms.length + a.alerts.length <= mostAlarms, {
        error: `at most ${mostAlarms} alarms and alerts together`,
        path: ['alerts'],
      }),
      z.refine((a) => a.prometheus !== undefined || (a.alerts.length === 0 && a.metrics.every(asksCloudWatch)), {
        error: 'the address of the Prometheus that answers the metrics and alerts',
        path: ['prometheus'],
      }),
      z.refine((a) => a.falseAlarmLevel > 0 && a.falseAlarmLevel <= 0.2, {
        error: 'a level above 0%, and of at most 20%',
        path: ['falseAlarmLevel'],
      }),
      z.refine((a) => a.interval >= 1, { error: 'an interval of at least 1s', path: ['interval'] }),
      z.refine((a) => nameOfTwo(a.metrics) === undefined, {
        error: ({ input }) =>
          `names that differ: two are called ${quote(nameOfTwo(Object(input).metrics) ?? '')}, so give one of them a \`name\``,
        path: ['metrics'],
      }),
    ),
  z.transform(({ interval, warmUp, metrics, ...rest }) => ({
    ...rest,
    intervalSeconds: interval,
    metrics: metrics.map((each): MetricSpec => begun(each, warmUp)),
  })),
);

const policies = z.strictObject({
  newImage: z
    ._default(z.enum(['supersede', 'queue', 'refuse']), 'supersede')
    .check(z.describe('What a new image does to the rollout that is running: end it, wait for it, or be refused')),
  noData: z.prefault(boundedHold, {}).check(z.describe('Where there is too little traffic or data to judge, or pods of the canary crash')),
  sourceDown: z
    .prefault(boundedHold, {})
    .check(z.describe('Where Prometheus or CloudWatch does not answer; the hold is four times as long where CloudWatch only throttles')),
  alarmAtStart: z
    ._default(z.enum(['block', 'ignore']), 'block')
    .check(z.describe('Where an alarm already fires when the rollout is to begin: do not begin, or begin without that alarm')),
  outsideEdit: z
    ._default(z.enum(['restore', 'halt', 'abort']), 'abort')
    .check(z.describe('Where somebody else changed weights or pods: write ours again, stop and wait for a person, or roll back')),
});

const deadlines = z.pipe(
  z.strictObject({
    ready: z.prefault(duration, '10m').check(z.describe('For the canary, and after promotion stable, to become ready')),
    queue: z.prefault(duration, '1h').check(z.describe('For a rollout that waits for another one of the same service')),
    rollout: z.prefault(duration, '24h').check(z.describe('For the whole rollout')),
    drain: z.prefault(duration, '10s').check(z.describe('Between the last weight and the removal of pods')),
  }),
  z.transform(({ ready, queue, rollout, drain }) => ({
    readySeconds: ready,
    queueSeconds: queue,
    rolloutSeconds: rollout,
    drainSeconds: drain,
  })),
);

const transitions = ['begun', 'advanced', 'paused', 'promoting', 'succeeded', 'rollingBack', 'rolledBack', 'failed'] as const;

const notifications = z.strictObject({
  on: z
    ._default(z.array(z.enum(transitions)), ['begun', 'paused', 'succeeded', 'rollingBack', 'rolledBack', 'failed'])
    .check(z.describe('The transitions that are told')),
  channel: z._default(
    z.string().check(z.maxLength(256), z.describe('Carried in each event; the subscriber on the event bus decides what it means')),
    '',
  ),
});

export const rolloutSpec = z
  .strictObject({
    name: rolloutName.check(z.describe('The rollout, and the file: rollouts/<name>.yaml')),
    cluster: z
      .string()
      .check(z.regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, { error: "an EKS cluster's name" }), z.describe('The name of the EKS cluster')),
    namespace: kubernetesName.check(z.describe('The namespace of the workload, its Service and its routes')),
    workload,
    image,
    router,
    steps,
    pace: z
      .prefault(pace, 'fixed')
      .check(z.describe('fixed: each step bakes as long as it says. evidence: only until what the next one may cost fits the budget')),
    analysis,
    resilience: z.optional(resilience.check(z.describe('How requests are treated while the rollout runs; gone afterwards'))),
    policies: z.prefault(policies, {}).check(z.describe('What is done in situations that have no single right answer')),
    deadlines: z.prefault(deadlines, {}).check(z.describe('Every wait ends')),
    promotion: z
      ._default(z.enum(['patch', 'git']), 'patch')
      .check(z.describe('How stable gets the new image: Sluice patches the Deployment, or waits until Git has brought it')),
    notifications: z.prefault(notifications, {}),
  })
  .check(z.describe('How a new image of one service reaches its users, step by step'));

/** A spec as parsed: defaults filled in, durations in seconds. */
export type RolloutSpec = z.infer<typeof rolloutSpec>;
/** A spec as it stands in the file. */
export type RolloutSpecSource = z.input<typeof rolloutSpec>;
export type Transition = (typeof transitions)[number];
