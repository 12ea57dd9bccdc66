import { describe, expect, it } from 'vitest';
import {
  alarmAction,
  alarmReadingOf,
  alarmStateChangeEvent,
  type EcrPushEvent,
  ecrPushEvent,
  executionStatusChangeEvent,
  imagePushOf,
  whyNoImage,
} from '../../../core/spec/events.ts';
import documented from '../../data/aws-events.json' with { type: 'json' };

const digest = `sha256:${'a1'.repeat(32)}`;

function push(detail: Partial<EcrPushEvent['detail']>, region = 'eu-west-1'): EcrPushEvent {
  return ecrPushEvent.parse({
    ...documented.imagePush,
    account: '111122223333',
    region,
    detail: {
      result: 'SUCCESS',
      'repository-name': 'shop/checkout',
      'image-digest': digest,
      'action-type': 'PUSH',
      'image-tag': 'v2',
      ...detail,
    },
  });
}

describe('the schemas', () => {
  it.each([
    ['an image push', ecrPushEvent, documented.imagePush],
    ['a single-metric alarm', alarmStateChangeEvent, documented.singleMetricAlarm],
    ['a metric-math alarm', alarmStateChangeEvent, documented.metricMathAlarm],
    ['a composite alarm', alarmStateChangeEvent, documented.compositeAlarm],
    ['an execution that started', executionStatusChangeEvent, documented.executionStarted],
    ['an execution that succeeded', executionStatusChangeEvent, documented.executionSucceeded],
    ['an execution that failed', executionStatusChangeEvent, documented.executionFailed],
    ['an execution that timed out', executionStatusChangeEvent, documented.executionTimedOut],
    ['an execution that was aborted', executionStatusChangeEvent, documented.executionAborted],
  ])('take the example that AWS documents for %s, and lose nothing of it', (_, schema, example) => {
    expect(schema.parse(example)).toEqual(example);
  });

  it('let fields through that AWS may add', () => {
    const event = { ...documented.imagePush, added: 1, detail: { ...documented.imagePush.detail, 'added-too': [2] } };
    expect(ecrPushEvent.parse(event)).toEqual(event);
  });

  it.each([
    ['another source', { ...documented.imagePush, source: 'shop.ecr' }],
    ['another detail type', { ...documented.imagePush, 'detail-type': 'ECR Image Scan' }],
    ['no id', { ...documented.imagePush, id: undefined }],
    ['a digest that is none', { ...documented.imagePush, detail: { ...documented.imagePush.detail, 'image-digest': 'latest' } }],
    ['what a person types', { rollout: 'checkout', image: 'v2' }],
  ])('refuse %s as an image push', (_, event) => {
    expect(ecrPushEvent.safeParse(event).success).toBe(false);
  });

  it('refuse a state or a time that no alarm has', () => {
    const { singleMetricAlarm: event } = documented;
    const withState = (state: object) => ({ ...event, detail: { ...event.detail, state: { ...event.detail.state, ...state } } });
    expect(alarmStateChangeEvent.safeParse(withState({ value: 'FIRING' })).success).toBe(false);
    expect(alarmStateChangeEvent.safeParse(withState({ timestamp: 'yesterday' })).success).toBe(false);
  });
});

describe('imagePushOf', () => {
  it('finds the image in the example that AWS documents', () => {
    expect(imagePushOf(ecrPushEvent.parse(documented.imagePush))).toEqual({
      repository: '123456789012.dkr.ecr.us-west-2.amazonaws.com/my-repository-name',
      tag: 'latest',
      digest: 'sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd1234',
    });
  });

  it.each([
    ['eu-west-1', '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout'],
    ['us-gov-west-1', '111122223333.dkr.ecr.us-gov-west-1.amazonaws.com/shop/checkout'],
    ['cn-north-1', '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/shop/checkout'],
    ['cn-northwest-1', '111122223333.dkr.ecr.cn-northwest-1.amazonaws.com.cn/shop/checkout'],
  ])('names the registry of %s', (region, repository) => {
    expect(imagePushOf(push({}, region))).toEqual({ repository, tag: 'v2', digest });
  });

  it.each([
    ['a deletion', { 'action-type': 'DELETE' }, /DELETE/],
    ['a push that failed', { result: 'FAILURE' }, /FAILURE/],
    ['a manifest with an empty tag', { 'image-tag': '' }, /no tag/],
    ['a manifest without a tag', { 'image-tag': undefined }, /no tag/],
    ['a push without a digest', { 'image-digest': undefined }, /which digest/],
    ['a signature of cosign, by its tag', { 'image-tag': `sha256-${'0f'.repeat(32)}.sig` }, /signature/],
    ['an SBOM', { 'artifact-media-type': 'application/spdx+json' }, /spdx/],
  ])('ignores %s, with a reason', (_, detail, reason) => {
    expect(imagePushOf(push(detail))).toEqual({ ignored: expect.stringMatching(reason) });
  });
});

describe('whyNoImage', () => {
  const oci = 'application/vnd.oci.image.manifest.v1+json';
  const docker = 'application/vnd.docker.distribution.manifest.v2+json';
  const index = 'application/vnd.oci.image.index.v1+json';

  it.each([
    [oci, 'application/vnd.oci.image.config.v1+json'],
    [docker, 'application/vnd.docker.container.image.v1+json'],
    [index, undefined],
    [index, index],
    ['application/vnd.docker.distribution.manifest.list.v2+json', undefined],
    ['', ''],
    [undefined, undefined],
  ])('takes %s of %s for an image', (manifestMediaType, artifactMediaType) => {
    expect(whyNoImage({ tag: 'v2', manifestMediaType, artifactMediaType })).toBeUndefined();
  });

  it.each([
    ['a signature of notation', oci, 'application/vnd.cncf.notary.signature'],
    ['a signature of cosign', oci, 'application/vnd.dev.cosign.artifact.sig.v1+json'],
    ['an attestation', oci, 'application/vnd.in-toto+json'],
    ['an SBOM', oci, 'application/vnd.cyclonedx+json'],
    ['a Helm chart', oci, 'application/vnd.cncf.helm.config.v1+json'],
    ['an index of artifacts', index, 'application/vnd.example.bundle'],
    ['an index given as an artifact of a manifest', oci, index],
    ['an artifact manifest', 'application/vnd.oci.artifact.manifest.v1+json', undefined],
  ])('says that %s is no image', (_, manifestMediaType, artifactMediaType) => {
    expect(whyNoImage({ tag: 'v2', manifestMediaType, artifactMediaType })).toMatch(/no manifest|not an image/);
  });

  it.each([
    [`sha256-${'ab'.repeat(32)}`, false],
    [`sha256-${'ab'.repeat(32)}.att`, false],
    ['sha256-short', true],
    ['v1.sig', true],
  ])('tells by the tag %s whether it belongs to another image', (tag, isImage) => {
    expect(whyNoImage({ tag, manifestMediaType: undefined, artifactMediaType: undefined }) === undefined).toBe(isImage);
  });
});

describe('alarmReadingOf', () => {
  it.each([
    ['a metric alarm', documented.singleMetricAlarm, 'ServerCpuTooHigh', Date.UTC(2019, 9, 2, 17, 4, 40, 989)],
    ['a composite alarm', documented.compositeAlarm, 'ServiceAggregatedAlarm', Date.UTC(2022, 6, 22, 15, 57, 45, 394)],
  ])('reads name, state, reason and the exact time of %s', (_, event, name, sinceMs) => {
    const { reason } = event.detail.state;
    expect(alarmReadingOf(alarmStateChangeEvent.parse(event).detail)).toEqual({ name, state: 'alarm', reason, sinceMs });
  });
});

describe('the action of an alarm', () => {
  const { compositeAlarm: event } = documented;
  const action = {
    source: 'aws.cloudwatch',
    alarmArn: event.resources[0],
    accountId: event.account,
    time: event.detail.state.timestamp,
    region: event.region,
    alarmData: event.detail,
  };

  it('says the same as the event of that change, so that the two count once', () => {
    expect(alarmReadingOf(alarmAction.parse(action).alarmData)).toEqual(alarmReadingOf(alarmStateChangeEvent.parse(event).detail));
  });

  it('is taken with what suppresses the actions of a composite alarm beside it', () => {
    const state = { ...event.detail.state, actionsSuppressedBy: 'WaitPeriod', actionsSuppressedReason: 'Actions suppressed by WaitPeriod' };
    expect(alarmAction.safeParse({ ...action, alarmData: { ...event.detail, previousState: state } }).success).toBe(true);
  });

  it.each([
    ['another source', { source: 'aws.sns' }],
    ['no alarm', { alarmData: undefined }],
    ['an account that is none', { accountId: 'me' }],
  ])('is refused with %s', (_, change) => {
    expect(alarmAction.safeParse({ ...action, ...change }).success).toBe(false);
  });
});
