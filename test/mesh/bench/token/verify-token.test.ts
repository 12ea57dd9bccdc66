import { describe, expect, it } from 'vitest';
import { createTokenSource, signToken } from '../../../../adapters/eks/token.ts';
import { VirtualClock } from '../../../../sandbox/clock.ts';
import { verifyToken } from './verify-token.ts';

const region = 'eu-west-1';
const clusterName = 'mesh-bench-0';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a/secret+key' };
const signedAtMs = Date.UTC(2026, 0, 5, 12, 0, 0);

const sign = (change: Partial<Parameters<typeof signToken>[0]> = {}) =>
  signToken({ clusterName, region, credentials, signedAtMs, ...change });
const verify = (token: string, nowMs = signedAtMs, known: typeof credentials & { sessionToken?: string } = credentials) =>
  verifyToken(token, { clusterName, region, credentials: known, nowMs });

/** The token with its URL changed, as somebody could who has not the key. */
async function changed(change: (url: URL) => void): Promise<string> {
  const url = new URL(Buffer.from((await sign()).slice('k8s-aws-v1.'.length), 'base64url').toString());
  change(url);
  return `k8s-aws-v1.${Buffer.from(url.href).toString('base64url')}`;
}

describe('a token', () => {
  it('that Sluice makes is taken, as long as Sluice keeps it and to the end of its 15 minutes', async () => {
    const clock = new VirtualClock({ startMs: signedAtMs });
    const source = createTokenSource({ clusterName, region, credentials: async () => credentials, clock });
    const token = await source.token();
    await clock.sleep(9 * 60_000);
    expect(await source.token()).toBe(token);
    expect(verify(token, clock.now())).toEqual({ known: true });
    expect(verify(token, signedAtMs + 15 * 60_000 - 1)).toEqual({ known: true });
    clock.stop();
  });

  it('of a session is taken together with its session token', async () => {
    const session = { ...credentials, sessionToken: 'a/session+token==' };
    const token = await sign({ credentials: session });
    expect(verify(token, signedAtMs, session)).toEqual({ known: true });
    expect(verify(token)).toMatchObject({ why: 'it is of another session' });
  });

  it.each([
    ['15 minutes after its signing', 15 * 60_000, 'it is expired'],
    ['long before its signing', -6 * 60_000, 'it is from the future'],
  ])('is refused %s', async (_, afterMs, why) => {
    expect(verify(await sign(), signedAtMs + afterMs)).toEqual({ known: false, why });
  });

  it.each([
    ['for another cluster', { clusterName: 'other' }, /another cluster/],
    ['of another region', { region: 'us-east-1' }, /no address of sts\.eu-west-1/],
    ['with another secret', { credentials: { ...credentials, secretAccessKey: 'guessed' } }, /another key/],
    ['by somebody else', { credentials: { ...credentials, accessKeyId: 'AKIDOTHER' } }, /access key/],
  ])('that was signed %s is refused', async (_, change, why) => {
    expect(verify(await sign(change))).toEqual({ known: false, why: expect.stringMatching(why) });
  });

  it.each<[string, (url: URL) => void, RegExp]>([
    ['a later date', (url) => url.searchParams.set('X-Amz-Date', '20260105T120100Z'), /changed/],
    ['a longer life', (url) => url.searchParams.set('X-Amz-Expires', '900'), /changed/],
    ['a life beyond what AWS gives', (url) => url.searchParams.set('X-Amz-Expires', '901'), /more than 900/],
    ['another action', (url) => url.searchParams.set('Action', 'GetSessionToken'), /something else/],
    ['a parameter more', (url) => url.searchParams.set('WebIdentityToken', 'x'), /WebIdentityToken/],
    ['a parameter twice', (url) => url.searchParams.append('Action', 'GetCallerIdentity'), /twice/],
    ['the cluster unsigned', (url) => url.searchParams.set('X-Amz-SignedHeaders', 'host'), /not signed/],
    ['another host', (url) => Object.assign(url, { host: 'sts.eu-west-1.amazonaws.com.example.com' }), /no address/],
    ['another port', (url) => Object.assign(url, { port: '8443' }), /no address/],
    ['plain http', (url) => Object.assign(url, { protocol: 'http:' }), /no address/],
    ['half a signature', (url) => url.searchParams.set('X-Amz-Signature', 'ab'), /changed/],
    ['no signature', (url) => url.searchParams.delete('X-Amz-Signature'), /changed/],
    ['no date', (url) => url.searchParams.delete('X-Amz-Date'), /date/],
  ])('with %s is refused', async (_, change, why) => {
    expect(verify(await changed(change))).toEqual({ known: false, why: expect.stringMatching(why) });
  });

  it.each(['', 'a-service-account', 'k8s-aws-v1.', 'k8s-aws-v1.bm8gVVJM'])('that is none (%j) is refused', (token) => {
    expect(verify(token)).toMatchObject({ known: false });
  });
});
