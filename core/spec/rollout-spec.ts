import * as z from 'zod/mini';
import { duration } from './duration.ts';

/**
 * The rollout spec: the one file a service team writes (`rollouts/<name>.yaml`). This schema is the only place where its shape
 * is written; the types, the checks and the JSON Schema that editors pick up derive from it. Durations are text in the file
 * (`bake: 5m`) and seconds after parsing (`bakeSeconds: 300`). Unknown keys are errors.
 */

/** A name as Kubernetes takes it for objects (RFC 1123 label), short enough that `<name>-canary` fits too. */
const kubernetesName = z
  .string()
  .check(z.regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, { error: 'lower-case letters, digits and hyphens' }), z.maxLength(56));

/** Keeps `<rollout>-<fence>-<attempt>` within the 80 characters of an execution name, and the annotation key within 63. */
const rolloutName = z
  .string()
  .check(z.regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, { error: 'lower-case letters, digits and hyphens, a letter first' }), z.maxLength(40));

const positiveInt = z.int().check(z.positive());

/** One rule of one route object. The rule may be left out where the object has only one. */
export const routeRef = z.strictObject({
  virtualService: kubernetesName.check(z.describe('The VirtualService that carries the traffic of this service')),
  http: z.optional(z.string().check(z.minLength(1), z.describe('The name of its http route; may be left out where it has only one'))),
});
export type RouteRef = z.infer<typeof routeRef>;

const router = z.strictObject({
  kind: z.enum(['istio']),
  routes: z.array(routeRef).check(z.minLength(1), z.maxLength(10)),
  totalWeight: z
    ._default(z.int().check(z.minimum(100), z.maximum(100_000)), 100)
    .check(z.describe('Weights are integers of this total: 1000 makes steps of 0.1 % possible')),
});

const image = z.strictObject({
  repository: z.string().check(
    z.regex(/^[a-z0-9.-]+(:\d+)?\/[a-z0-9._/-]+$/, {
      error: 'an image repository with its registry: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout',
    }),
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
    onDeadline: z._default(z.enum(['abort', 'advance']), 'abort'),
  }),
  z.transform(({ for: forSeconds, onDeadline }) => ({ forSeconds, onDeadline })),
);

const explicitStep = z.pipe(
  z.strictObject({ weight: positiveInt, bake: duration, pause: z.optional(pause) }),
  z.transform(({ weight, bake, pause }) => ({ weight, bakeSeconds: bake, ...(pause === undefined ? {} : { pause }) })),
);
export type ExplicitStep = z.infer<typeof explicitStep>;

const linearSteps = z.strictObject({
  linear: z.pipe(
    z.strictObject({ by: positiveInt, every: duration }),
    z.transform(({ by, every }) => ({ by, bakeSeconds: every })),
  ),
});

const exponentialSteps = z.strictObject({
  exponential: z.pipe(
    z.strictObject({
      from: z._default(positiveInt, 1),
      factor: z._default(z.number().check(z.minimum(1.1), z.maximum(100)), 2),
      every: duration,
    }),
    z.transform(({ from, factor, every }) => ({ from, factor, bakeSeconds: every })),
  ),
});

const steps = z.union([z.array(explicitStep).check(z.minLength(1), z.maxLength(100)), linearSteps, exponentialSteps]);

/** How many failed measurements a metric may have before its verdict is fail: in a row, and in the whole rollout. */
const failures = z.strictObject({
  consecutive: z._default(positiveInt, 2),
  total: z._default(positiveInt, 5),
});

const metric = z
  .strictObject({
    name: z.string().check(z.minLength(1), z.maxLength(80)),
    query: z
      .string()
      .check(
        z.minLength(1),
        z.describe('PromQL with one value as its answer. {{canary}}, {{stable}}, {{namespace}} and {{interval}} are filled in'),
      ),
    min: z.optional(z.number()),
    max: z.optional(z.number()),
    failures: z.prefault(failures, {}),
  })
  .check(
    z.refine((m) => m.min !== undefined || m.max !== undefined, { error: 'a threshold: min, max or both', path: ['max'] }),
    z.refine((m) => m.min === undefined || m.max === undefined || m.min <= m.max, { error: 'a min that is at most max', path: ['min'] }),
  );
export type MetricSpec = z.infer<typeof metric>;

const analysis = z.pipe(
  z
    .strictObject({
      interval: z.prefault(duration, '10s'),
      prometheus: z.optional(
        z.strictObject({
          url: z.url({ protocol: /^https?$/, error: 'the http or https address of a Prometheus API' }),
        }),
      ),
      metrics: z._default(z.array(metric).check(z.maxLength(50)), []),
      alarms: z._default(z.array(z.string().check(z.minLength(1), z.maxLength(255))).check(z.maxLength(100)), []),
      alerts: z._default(z.array(z.string().check(z.minLength(1))).check(z.maxLength(100)), []),
    })
    .check(
      z.refine((a) => a.metrics.length + a.alarms.length + a.alerts.length > 0, {
        error: 'at least one metric, alarm or alert: a rollout that nothing judges is not a canary',
        path: ['metrics'],
      }),
      z.refine((a) => a.prometheus !== undefined || a.metrics.length + a.alerts.length === 0, {
        error: 'the address of the Prometheus that answers the metrics and alerts',
        path: ['prometheus'],
      }),
      z.refine((a) => a.interval >= 1, { error: 'an interval of at least 1s', path: ['interval'] }),
      z.refine((a) => new Set(a.metrics.map((m) => m.name)).size === a.metrics.length, { error: 'names that differ', path: ['metrics'] }),
    ),
  z.transform(({ interval, ...rest }) => ({ ...rest, intervalSeconds: interval })),
);

/** A bounded hold, and what is done when it ends (J1, J2, W1). */
const boundedHold = z.pipe(
  z.strictObject({ hold: z.prefault(duration, '5m'), onDeadline: z._default(z.enum(['abort', 'advance', 'pause']), 'abort') }),
  z.transform(({ hold, onDeadline }) => ({ holdSeconds: hold, onDeadline })),
);

const policies = z.strictObject({
  newImage: z._default(z.enum(['supersede', 'queue', 'refuse']), 'supersede'),
  noData: z.prefault(boundedHold, {}),
  sourceDown: z.prefault(boundedHold, {}),
  alarmAtStart: z._default(z.enum(['block', 'ignore']), 'block'),
  outsideEdit: z._default(z.enum(['restore', 'halt', 'abort']), 'abort'),
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
  on: z._default(z.array(z.enum(transitions)), ['begun', 'paused', 'succeeded', 'rollingBack', 'rolledBack', 'failed']),
  channel: z._default(z.string().check(z.describe('Carried in each event; the subscriber on the event bus decides what it means')), ''),
});

export const rolloutSpec = z
  .strictObject({
    name: rolloutName.check(z.describe('The rollout, and the file: rollouts/<name>.yaml')),
    cluster: z.string().check(z.regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, { error: "an EKS cluster's name" })),
    namespace: kubernetesName,
    workload: z.strictObject({
      deployment: kubernetesName,
      container: kubernetesName.check(z.describe('The container whose image is rolled out')),
      service: z.optional(kubernetesName.check(z.describe("Stable's Service; the Deployment's name where left out"))),
    }),
    image,
    router,
    steps,
    analysis,
    policies: z.prefault(policies, {}),
    deadlines: z.prefault(deadlines, {}),
    promotion: z._default(z.enum(['patch', 'git']), 'patch'),
    notifications: z.prefault(notifications, {}),
  })
  .check(z.describe('A rollout: how a new image of one service reaches its users'));

/** A spec as parsed: defaults filled in, durations in seconds. */
export type RolloutSpec = z.infer<typeof rolloutSpec>;
/** A spec as it stands in the file. */
export type RolloutSpecSource = z.input<typeof rolloutSpec>;
export type Transition = (typeof transitions)[number];
