import * as z from 'zod/mini';
import type { AlarmReading, AlarmState } from '../metric-ports.ts';
import { shorten } from '../shorten.ts';

/**
 * The events from outside that Sluice takes. Each schema asks for the fields that Sluice reads and lets all others through:
 * AWS adds fields without notice.
 */

/** What every EventBridge event has. Source: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const envelope = {
  version: z.string(),
  /** One for each event, the same in each delivery of it. */
  id: z.string().check(z.minLength(1), z.maxLength(256)),
  account: z.string().check(z.regex(/^\d{12}$/, { error: 'an account of twelve digits' })),
  /** UTC, in whole seconds. */
  time: z.string(),
  region: z.string().check(z.minLength(1), z.maxLength(64)),
  resources: z.array(z.string()),
};

/**
 * ECR tells that an image was pushed or deleted. Sent when the act has ended, on a **best effort** basis: now and then one is
 * lost, and the sweep finds that push in the registry (O2).
 *
 * A multi-architecture image sends one event for each manifest, with an empty tag, and one for the index, with the tag. Events
 * of today also carry `manifest-media-type` and `artifact-media-type`, which the page does not show.
 *
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 * @example
 * {
 *   "version": "0",
 *   "id": "13cde686-328b-6117-af20-0e5566167482",
 *   "detail-type": "ECR Image Action",
 *   "source": "aws.ecr",
 *   "account": "123456789012",
 *   "time": "2019-11-16T01:54:34Z",
 *   "region": "us-west-2",
 *   "resources": [],
 *   "detail": {
 *     "result": "SUCCESS",
 *     "repository-name": "my-repository-name",
 *     "image-digest": "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234",
 *     "action-type": "PUSH",
 *     "image-tag": "latest"
 *   }
 * }
 */
export const ecrPushEvent = z.looseObject({
  ...envelope,
  source: z.literal('aws.ecr'),
  'detail-type': z.literal('ECR Image Action'),
  detail: z.looseObject({
    result: z.string(),
    'action-type': z.string(),
    'repository-name': z.string().check(z.minLength(1), z.maxLength(256)),
    'image-digest': z.optional(z.string().check(z.regex(/^sha256:[0-9a-f]{1,64}$/, { error: 'a sha256 digest' }))),
    'image-tag': z.optional(z.string().check(z.maxLength(300))),
    'manifest-media-type': z.optional(z.string()),
    'artifact-media-type': z.optional(z.string()),
  }),
});
export type EcrPushEvent = z.infer<typeof ecrPushEvent>;

const alarmStates = { OK: 'ok', ALARM: 'alarm', INSUFFICIENT_DATA: 'insufficientData' } as const satisfies Record<string, AlarmState>;

const alarmStateInEvent = z.looseObject({
  value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  reason: z.optional(z.string()),
  /** JSON as text: the datapoints of a metric alarm, the triggering alarms of a composite one. */
  reasonData: z.optional(z.string()),
  /** `2019-10-02T17:04:40.989+0000`: to the millisecond, unlike the event's own time, so it orders the changes of an alarm. */
  timestamp: z
    .string()
    .check(z.refine((text) => !Number.isNaN(Date.parse(text)), { error: 'a time such as 2019-10-02T17:04:40.989+0000' })),
});

/** The same in the event and in the action. */
const alarmChange = z.looseObject({
  alarmName: z.string().check(z.minLength(1), z.maxLength(255)),
  configuration: z.optional(
    z.looseObject({
      description: z.optional(z.string()),
      metrics: z.optional(z.array(z.looseObject({ id: z.string() }))),
      alarmRule: z.optional(z.string()),
    }),
  ),
  previousState: z.optional(alarmStateInEvent),
  state: alarmStateInEvent,
});
export type AlarmChange = z.infer<typeof alarmChange>;

/**
 * A CloudWatch alarm came into another state. Sent at each change of state of a metric alarm or a composite alarm, **at least
 * once**, and in no promised order: compare `state.timestamp`.
 *
 * The configuration of a metric alarm has `metrics`, that of a composite alarm `alarmRule`.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 * @example
 * {
 *   "version": "0",
 *   "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
 *   "detail-type": "CloudWatch Alarm State Change",
 *   "source": "aws.cloudwatch",
 *   "account": "123456789012",
 *   "time": "2019-10-02T17:04:40Z",
 *   "region": "us-east-1",
 *   "resources": ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:ServerCpuTooHigh"],
 *   "detail": {
 *     "alarmName": "ServerCpuTooHigh",
 *     "configuration": { "metrics": [{ "id": "30b6c6b2-a864-43a2-4877-c09a1afc3b87", "metricStat": { "metric": {
 *       "dimensions": { "InstanceId": "i-12345678901234567" }, "name": "CPUUtilization", "namespace": "AWS/EC2" },
 *       "period": 300, "stat": "Average" }, "returnData": true }] },
 *     "previousState": { "value": "OK", "reason": "Threshold Crossed: …", "timestamp": "2019-10-01T13:56:40.987+0000" },
 *     "state": { "value": "ALARM", "reason": "Threshold Crossed: …", "timestamp": "2019-10-02T17:04:40.989+0000" }
 *   }
 * }
 */
export const alarmStateChangeEvent = z.looseObject({
  ...envelope,
  source: z.literal('aws.cloudwatch'),
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  detail: alarmChange,
});
export type AlarmStateChangeEvent = z.infer<typeof alarmStateChangeEvent>;

/**
 * What CloudWatch gives to a Lambda that is an action of the alarm: called asynchronously, at each change into a state whose actions
 * name it, and not while the actions of a composite alarm are suppressed. It speaks of the same change as the event above, with the same
 * `state.timestamp`.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 * @example
 * {
 *   "source": "aws.cloudwatch",
 *   "alarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:SuppressionDemo.Main",
 *   "accountId": "111122223333",
 *   "time": "2023-08-04T12:56:46.138+0000",
 *   "region": "us-east-1",
 *   "alarmData": {
 *     "alarmName": "SuppressionDemo.Main",
 *     "state": { "value": "ALARM", "reason": "arn:… transitioned to ALARM at …", "reasonData": "{…}",
 *       "timestamp": "2023-08-04T12:56:46.138+0000" },
 *     "previousState": { "value": "ALARM", "reason": "…", "timestamp": "2023-08-04T12:54:46.138+0000",
 *       "actionsSuppressedBy": "WaitPeriod", "actionsSuppressedReason": "Actions suppressed by WaitPeriod" },
 *     "configuration": { "alarmRule": "ALARM(…)", "actionsSuppressor": "…" }
 *   }
 * }
 */
export const alarmAction = z.looseObject({
  source: z.literal('aws.cloudwatch'),
  alarmArn: z.string(),
  accountId: envelope.account,
  time: z.string(),
  region: envelope.region,
  alarmData: alarmChange,
});
export type AlarmAction = z.infer<typeof alarmAction>;

/**
 * An execution of a standard state machine began or ended. Sent on a **best effort** basis, so the sweep asks for executions
 * whose end it was not told.
 *
 * `input` and `output` are JSON as text, and null where they would make the event too large. The dates are milliseconds.
 *
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 * @example
 * {
 *   "version": "0",
 *   "id": "315c1398-40ff-a850-213b-158f73e60175",
 *   "detail-type": "Step Functions Execution Status Change",
 *   "source": "aws.states",
 *   "account": "012345678912",
 *   "time": "2019-02-26T19:42:21Z",
 *   "region": "us-east-1",
 *   "resources": ["arn:aws:states:us-east-1:012345678912:execution:state-machine-name:execution-name"],
 *   "detail": {
 *     "executionArn": "arn:aws:states:us-east-1:012345678912:execution:state-machine-name:execution-name",
 *     "stateMachineArn": "arn:aws:states:us-east-1:012345678912:stateMachine:state-machine",
 *     "name": "execution-name",
 *     "status": "FAILED",
 *     "startDate": 1551225146847,
 *     "stopDate": 1551225151881,
 *     "input": "{}",
 *     "output": null
 *   }
 * }
 */
export const executionStatusChangeEvent = z.looseObject({
  ...envelope,
  source: z.literal('aws.states'),
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.looseObject({
    executionArn: z.string(),
    stateMachineArn: z.string(),
    name: z.string(),
    status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']),
    startDate: z.number(),
    stopDate: z.nullish(z.number()),
    input: z.nullish(z.string()),
    output: z.nullish(z.string()),
    error: z.nullish(z.string()),
    cause: z.nullish(z.string()),
  }),
});
export type ExecutionStatusChangeEvent = z.infer<typeof executionStatusChangeEvent>;

/** An image that was pushed under a tag. */
export interface ImagePush {
  /** With its registry, as a spec writes it. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** What a registry knows of the kind of a thing that was pushed to it. */
export interface PushedArtifact {
  readonly tag: string | undefined;
  readonly manifestMediaType: string | undefined;
  readonly artifactMediaType: string | undefined;
}

/**
 * The image that an event of ECR announces, or why Sluice ignores the event.
 *
 * @example imagePushOf(the example of {@link ecrPushEvent})
 *   // { repository: '123456789012.dkr.ecr.us-west-2.amazonaws.com/my-repository-name', tag: 'latest', digest: 'sha256:7f5b…' }
 */
export function imagePushOf(event: EcrPushEvent): ImagePush | { readonly ignored: string } {
  const { account, region, detail } = event;
  const tag = detail['image-tag'];
  const digest = detail['image-digest'];
  if (detail['action-type'] !== 'PUSH') return { ignored: `The action is ${detail['action-type']}, not PUSH.` };
  if (detail.result !== 'SUCCESS') return { ignored: `The result of the push is ${detail.result}.` };
  if (tag === undefined || tag === '') return { ignored: 'The manifest has no tag: it is a part of an image, or was pushed by digest.' };
  if (digest === undefined) return { ignored: `The event does not say which digest ${tag} stands for.` };
  const why = whyNoImage({ tag, manifestMediaType: detail['manifest-media-type'], artifactMediaType: detail['artifact-media-type'] });
  if (why !== undefined) return { ignored: why };
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { repository: `${account}.dkr.ecr.${region}.${suffix}/${detail['repository-name']}`, tag, digest };
}

const indexMediaTypes = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];

const manifestMediaTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.docker.distribution.manifest.v1+json',
];

/** The config of a runnable image. Of an index, whatever stands there is the index's own type. */
const imageConfigMediaTypes = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];

/** cosign and the referrers fallback tag what belongs to an image with the image's digest: `sha256-<digest>.sig`. */
const companionTag = /^sha256-[0-9a-f]{64}(\..+)?$/;

/**
 * Why something in a registry is no image that could run, as a sentence, or undefined for an image. Signatures, attestations,
 * SBOMs and Helm charts lie in the same repositories as images. A type that the registry does not tell counts as an image's.
 *
 * Source: https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidelines-for-artifact-usage
 */
export function whyNoImage({ tag, manifestMediaType = '', artifactMediaType = '' }: PushedArtifact): string | undefined {
  if (tag !== undefined && companionTag.test(tag)) return `The tag ${tag} names a signature, attestation or SBOM of another image.`;
  const isIndex = indexMediaTypes.includes(manifestMediaType);
  if (manifestMediaType !== '' && !isIndex && !manifestMediaTypes.includes(manifestMediaType)) {
    return `${manifestMediaType} is no manifest of an image.`;
  }
  const artifactIsImage = [...imageConfigMediaTypes, ...(isIndex ? indexMediaTypes : [])].includes(artifactMediaType);
  return artifactMediaType === '' || artifactIsImage ? undefined : `${artifactMediaType} is an artifact, not an image.`;
}

/** CloudWatch's own have at most 1,023 characters. It goes into the record of the rollout, whose item has bounds. */
const longestReason = 1_023;

/** The state that an alarm came into, as the port {@link AlarmReading} has it: the same, whichever way it was told. */
export function alarmReadingOf({ alarmName, state }: AlarmChange): AlarmReading {
  const reason = shorten(state.reason ?? '', longestReason);
  return { name: alarmName, state: alarmStates[state.value], reason, sinceMs: Date.parse(state.timestamp) };
}
