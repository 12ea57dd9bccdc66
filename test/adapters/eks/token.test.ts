import { describe, expect, it } from 'vitest';
import { type AwsCredentials, createTokenSource, signToken } from '../../../adapters/eks/token.ts';
import { AwsUnavailableError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';

const longTerm: AwsCredentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const session: AwsCredentials = { ...longTerm, sessionToken: 'FwoGZXIvYXdzEXAMPLE//session+token==' };
const signedAtMs = Date.UTC(2026, 0, 5, 3, 0, 0);
const minuteMs = 60_000;

const presigned = (token: string) => Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString();

describe('an EKS token', () => {
  /*
   * The signatures and the order of the query are those of botocore 1.44.5: RequestSigner(ServiceId('STS'), region, 'sts', 'v4',
   * credentials, HierarchicalEmitter()).generate_presigned_url(..., expires_in=60), as `aws eks get-token` calls it, with its clock
   * set to 2026-01-05T03:00:00Z.
   */
  const query = (region: string) =>
    'Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256' +
    `&X-Amz-Credential=AKIDEXAMPLE%2F20260105%2F${region}%2Fsts%2Faws4_request&X-Amz-Date=20260105T030000Z&X-Amz-Expires=60` +
    '&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id';

  it.each([
    {
      of: 'long-term credentials',
      region: 'eu-west-1',
      credentials: longTerm,
      url: `https://sts.eu-west-1.amazonaws.com/?${query('eu-west-1')}&X-Amz-Signature=bd4cba3cbdeeacb1c4dde08c681973e4da0ae074ab23ee96b33a76dbf8543752`,
    },
    {
      of: 'a session',
      region: 'eu-west-1',
      credentials: session,
      url: `https://sts.eu-west-1.amazonaws.com/?${query('eu-west-1')}&X-Amz-Security-Token=FwoGZXIvYXdzEXAMPLE%2F%2Fsession%2Btoken%3D%3D&X-Amz-Signature=4a9737f83253301d6afb7af9814b1ce003b921628b9a7ae98dfed800aae9424d`,
    },
    {
      of: 'a region in China',
      region: 'cn-north-1',
      credentials: longTerm,
      url: `https://sts.cn-north-1.amazonaws.com.cn/?${query('cn-north-1')}&X-Amz-Signature=5f0e23f65abea827303123f068a440ca95052d130e36710cc3179553c99da596`,
    },
  ])('of $of equals that of botocore, byte for byte', async ({ region, credentials, url }) => {
    const token = await signToken({ clusterName: 'shop-production', region, credentials, signedAtMs });
    expect(presigned(token)).toBe(url);
    expect(token).toBe(`k8s-aws-v1.${Buffer.from(url).toString('base64url')}`);
    expect(token).not.toContain('=');
  });
});

describe('a source of tokens', () => {
  function sourceOf(options: { readonly lifeMs?: number; readonly failures?: number } = {}) {
    const clock = new VirtualClock();
    let asked = 0;
    const source = createTokenSource({
      clusterName: 'shop-production',
      region: 'eu-west-1',
      clock,
      credentials: async () => {
        asked += 1;
        if (asked <= (options.failures ?? 0)) throw new Error('no credentials');
        return options.lifeMs === undefined ? session : { ...session, expiration: new Date(clock.now() + options.lifeMs) };
      },
    });
    return { clock, source, asked: () => asked };
  }

  it('keeps a token for ten of its fifteen minutes', async () => {
    const { clock, source } = sourceOf();
    const first = await source.token();
    await clock.sleep(10 * minuteMs - 1);
    expect(await source.token()).toBe(first);
    await clock.sleep(1);
    expect(await source.token()).not.toBe(first);
  });

  it('makes a new one a minute before the credentials expire', async () => {
    const { clock, source } = sourceOf({ lifeMs: 5 * minuteMs });
    const first = await source.token();
    await clock.sleep(4 * minuteMs - 1);
    expect(await source.token()).toBe(first);
    await clock.sleep(1);
    expect(await source.token()).not.toBe(first);
  });

  it('uses credentials that are about to expire, but keeps no token of theirs', async () => {
    const { source, asked } = sourceOf({ lifeMs: 1_000 });
    await source.token();
    await source.token();
    expect(asked()).toBe(2);
  });

  it('signs once for callers at the same moment', async () => {
    const { source, asked } = sourceOf();
    const [first, second] = await Promise.all([source.token(), source.token()]);
    expect(first).toBe(second);
    expect(asked()).toBe(1);
  });

  it('says that credentials are missing, and asks again the next time', async () => {
    const { source } = sourceOf({ failures: 1 });
    await expect(source.token()).rejects.toThrow(AwsUnavailableError);
    expect(await source.token()).toMatch(/^k8s-aws-v1\./);
  });
});
