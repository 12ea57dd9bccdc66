import { describe, expect, it } from 'vitest';
import { AwsUnavailableError, InvalidInputError, NotFoundError } from '../../core/errors.ts';
import { ecrPushEvent, imagePushOf } from '../../core/spec/events.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { digestOf, Ecr } from '../../sandbox/ecr.ts';
import { EventBus } from '../../sandbox/eventbridge/event-bus.ts';

const startMs = Date.UTC(2026, 0, 5, 3, 0, 0);
const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout';

function setUp(region = 'eu-west-1') {
  const clock = new VirtualClock({ startMs });
  const bus = new EventBus({ clock, region });
  const ecr = new Ecr({ clock, bus });
  const events = () => bus.puts.map(({ event }) => ecrPushEvent.parse(event));
  return { clock, bus, ecr, events };
}

describe('push', () => {
  it('sends the event that AWS documents, with the name of the repository only', () => {
    const { ecr, events } = setUp();
    const { digest } = ecr.push({ repository, tag: 'v2' });
    expect(events()).toMatchObject([
      {
        source: 'aws.ecr',
        'detail-type': 'ECR Image Action',
        account: '111122223333',
        region: 'eu-west-1',
        resources: [],
        detail: { result: 'SUCCESS', 'repository-name': 'shop/checkout', 'image-digest': digest, 'action-type': 'PUSH', 'image-tag': 'v2' },
      },
    ]);
  });

  it.each(['eu-west-1', 'cn-north-1'])('is read back from its event in %s as the image that was pushed', (region) => {
    const { ecr, events } = setUp(region);
    const pushed = ecr.push({ repository: 'shop/checkout', tag: 'v2' });
    expect(events().map(imagePushOf)).toEqual([{ repository: pushed.repository, tag: 'v2', digest: pushed.digest }]);
  });

  it('of several architectures sends one event for each manifest without a tag, then one for the index with it', () => {
    const { ecr, events } = setUp();
    const { digest } = ecr.push({ repository, tag: 'v2', children: ['linux/amd64', 'linux/arm64'] });
    expect(events().map(({ detail }) => [detail['image-tag'], detail['manifest-media-type']])).toEqual([
      ['', 'application/vnd.oci.image.manifest.v1+json'],
      ['', 'application/vnd.oci.image.manifest.v1+json'],
      ['v2', 'application/vnd.oci.image.index.v1+json'],
    ]);
    expect(new Set(events().map(({ detail }) => detail['image-digest'])).size).toBe(3);
    expect(events().map(imagePushOf)).toEqual([
      { ignored: expect.any(String) },
      { ignored: expect.any(String) },
      { repository, tag: 'v2', digest },
    ]);
  });

  it('makes the same digests in each run, and another one for each push of a tag', () => {
    const digests = () => {
      const { ecr } = setUp();
      return ['v2', 'v2', 'v3'].map((tag) => ecr.push({ repository, tag }).digest);
    };
    expect(digests()).toEqual(digests());
    expect(new Set(digests()).size).toBe(3);
    expect(digests()[0]).toBe(digestOf('shop/checkout:v2'));
    expect(digests()[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('of what is there already changes nothing and sends nothing', async () => {
    const { clock, ecr, events } = setUp();
    const push = { repository, tag: 'v2', digest: digestOf('an image') };
    ecr.push(push);
    await clock.sleep(1_000);
    expect(ecr.push(push)).toMatchObject({ digest: push.digest, pushedAtMs: startMs });
    expect(events()).toHaveLength(1);
  });

  it('refuses a repository of another registry', () => {
    const { ecr } = setUp();
    expect(() => ecr.push({ repository: 'ghcr.io/shop/checkout', tag: 'v2' })).toThrow(InvalidInputError);
  });
});

describe('the registry', () => {
  it('finds an image by its tag and by its digest, with the host and without', async () => {
    const { ecr } = setUp();
    const pushed = ecr.push({ repository, tag: 'v2' });
    expect(pushed).toEqual({ repository, tags: ['v2'], digest: digestOf('shop/checkout:v2'), pushedAtMs: startMs });
    expect(await ecr.resolve(repository, 'v2')).toEqual(pushed);
    expect(await ecr.resolve(repository, pushed.digest)).toEqual(pushed);
    expect(await ecr.resolve('shop/checkout', 'v2')).toEqual(pushed);
  });

  it('moves a tag to the image that was pushed last', async () => {
    const { ecr } = setUp();
    const old = ecr.push({ repository, tag: 'latest' });
    const young = ecr.push({ repository, tag: 'latest' });
    expect(await ecr.resolve(repository, 'latest')).toEqual(young);
    expect((await ecr.resolve(repository, old.digest)).tags).toEqual([]);
  });

  it('lets one image have several tags', async () => {
    const { ecr } = setUp();
    const digest = digestOf('an image');
    ecr.push({ repository, tag: 'v2', digest });
    ecr.push({ repository, tag: 'latest', digest });
    expect((await ecr.resolve(repository, 'v2')).tags).toEqual(['v2', 'latest']);
  });

  it.each([
    ['a tag', repository, 'v9'],
    ['a repository', `${repository}-other`, 'v2'],
    ['another registry', '999999999999.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout', 'v2'],
  ])('does not find %s that it does not have', async (_, where, reference) => {
    const { ecr } = setUp();
    ecr.push({ repository, tag: 'v2' });
    await expect(ecr.resolve(where, reference)).rejects.toThrow(NotFoundError);
  });

  it('lists the images with a tag that were pushed after a time, newest first', async () => {
    const { clock, ecr } = setUp();
    const digests: string[] = [];
    for (const tag of ['v1', 'v2', 'v3']) {
      digests.push(ecr.push({ repository, tag, children: ['linux/amd64'] }).digest);
      await clock.sleep(1_000);
    }
    ecr.push({ repository, tag: 'v3-sbom', artifactMediaType: 'application/spdx+json' });
    const listed = await ecr.pushedSince(repository, startMs);
    expect(listed.map(({ digest }) => digest)).toEqual([digests[2], digests[1]]);
    expect(await ecr.pushedSince(`${repository}-other`, 0)).toEqual([]);
  });

  it('does not answer while it is down, but takes pushes', async () => {
    const { ecr, events } = setUp();
    ecr.down = true;
    ecr.push({ repository, tag: 'v2' });
    await expect(ecr.resolve(repository, 'v2')).rejects.toThrow(AwsUnavailableError);
    await expect(ecr.pushedSince(repository, 0)).rejects.toThrow(AwsUnavailableError);
    expect(events()).toHaveLength(1);
  });
});
