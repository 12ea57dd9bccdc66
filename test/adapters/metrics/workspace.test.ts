import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { environmentCredentials } from '../../../adapters/aws/credentials.ts';
import { createPrometheus, createPrometheusAlerts } from '../../../adapters/metrics/prometheus.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { type ScriptedFetch, scriptedFetch } from './scripted-fetch.ts';

const startMs = Date.UTC(2026, 10, 22, 13, 5, 9);
const host = 'aps-workspaces.eu-west-1.amazonaws.com';
const workspace = '/workspaces/ws-1a2b3c4d-0000-1111-2222-333344445555';
const url = `https://${host}${workspace}`;
const session = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'FwoGZXIvYXdzEXAMPLE//session+token==',
};

const clock = new VirtualClock({ startMs });
const three = {
  body: { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [startMs / 1000, '3'] }] } },
};
const quiet = { body: { status: 'success', data: { alerts: [], groups: [] }, errorType: '', error: '' } };

const options = (scripted: ScriptedFetch, credentials: () => Promise<typeof session> = async () => session) => ({
  url,
  clock,
  credentials,
  fetch: (...args: Parameters<typeof fetch>) => clock.busy(() => scripted.fetch(...args)),
});
const query = { name: 'errors', query: 'sum(rate(http_requests_total{code=~"5.."}[1m])) / 7 * 100%' };

async function answerTo(answer: Parameters<typeof scriptedFetch>[0], credentials?: () => Promise<typeof session>): Promise<string> {
  const [measured] = await createPrometheus(options(scriptedFetch(answer), credentials)).measure([query]);
  expect(measured?.status).toBe('unavailable');
  return measured?.status === 'unavailable' ? measured.why : '';
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/**
 * The signature, step by step as AWS documents it, without the library that signs.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function authorizationFor(request: {
  url: string;
  method: string;
  headers: Headers;
  body: string;
  region?: string;
  secret?: string;
}): string {
  const { region = 'eu-west-1', secret = session.secretAccessKey } = request;
  const { pathname, searchParams, host } = new URL(request.url);
  const date = request.headers.get('x-amz-date') ?? '';
  const signed = [['host', host], ...request.headers]
    .filter(([name = '']) => !['accept', 'authorization'].includes(name))
    .map(([name = '', value = '']) => [name.toLowerCase(), value.trim()] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonicalQuery = [...searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).toSorted();
  const canonical = [
    request.method,
    pathname,
    canonicalQuery.join('&'),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    hash(request.body),
  ].join('\n');
  const scope = `${date.slice(0, 8)}/${region}/aps/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n');
  const key = [date.slice(0, 8), region, 'aps', 'aws4_request'].reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${secret}`);
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

function sentIn({ requests }: ScriptedFetch, index = 0) {
  const { url, init } = requests[index] ?? { url: '', init: {} };
  return { url, method: init.method ?? 'GET', headers: new Headers(init.headers), body: String(init.body ?? ''), redirect: init.redirect };
}

describe('a workspace of Amazon Managed Prometheus', () => {
  it('is asked by requests that are signed as AWS documents it', async () => {
    const scripted = scriptedFetch(() => three);
    expect(await createPrometheus(options(scripted)).measure([query])).toMatchObject([{ status: 'value', value: 3 }]);
    const sent = sentIn(scripted);
    expect(sent).toMatchObject({ url: `${url}/api/v1/query`, method: 'POST', redirect: 'manual' });
    expect(sent.headers.get('x-amz-date')).toBe('20261122T130509Z');
    expect(sent.headers.get('x-amz-security-token')).toBe(session.sessionToken);
    expect(sent.headers.get('authorization')).toBe(authorizationFor(sent));
    expect(sent.headers.get('authorization')).toMatch(/SignedHeaders=content-type;host;/);
  });

  it('signs the query string of what is asked by GET, as for the rules behind alerts', async () => {
    const scripted = scriptedFetch(() => quiet);
    await createPrometheusAlerts(options(scripted)).read(['Slow']);
    const paths = scripted.requests.map((_, index) => {
      const sent = sentIn(scripted, index);
      expect(sent.headers.get('authorization')).toBe(authorizationFor(sent));
      return `${sent.method} ${sent.url.slice(url.length)}`;
    });
    expect(paths).toEqual(['GET /api/v1/alerts', 'GET /api/v1/rules?type=alert']);
  });

  it('signs what it asks of the past, too', async () => {
    const scripted = scriptedFetch(() => ({ body: { status: 'success', data: { resultType: 'matrix', result: [] } } }));
    await createPrometheus(options(scripted)).history(query, { lastAtMs: startMs, everySeconds: 60, count: 30 });
    const sent = sentIn(scripted);
    expect(sent.headers.get('authorization')).toBe(authorizationFor(sent));
  });

  it('knows the region by the address, of a VPC endpoint as well', async () => {
    const scripted = scriptedFetch(() => three);
    const address = `https://vpce-0a1b-2c3d.aps-workspaces.us-gov-west-1.vpce.amazonaws.com${workspace}/`;
    await createPrometheus({ ...options(scripted), url: address }).measure([query]);
    const sent = sentIn(scripted);
    expect(sent.url).toBe(`${address}api/v1/query`);
    expect(sent.headers.get('authorization')).toBe(authorizationFor({ ...sent, region: 'us-gov-west-1' }));
  });

  it('is asked with credentials as they are at each request', async () => {
    const scripted = scriptedFetch(() => three);
    let refreshed = session;
    const provider = createPrometheus(options(scripted, async () => refreshed));
    await provider.measure([query]);
    refreshed = { ...session, secretAccessKey: 'another-secret', sessionToken: 'another-token' };
    await provider.measure([query]);
    const second = sentIn(scripted, 1);
    expect(second.headers.get('x-amz-security-token')).toBe('another-token');
    expect(second.headers.get('authorization')).toBe(authorizationFor({ ...second, secret: 'another-secret' }));
  });

  it('is not asked without credentials, and says so', async () => {
    const scripted = scriptedFetch(() => three);
    const [measured] = await createPrometheus({ ...options(scripted), credentials: environmentCredentials({}) }).measure([query]);
    expect(measured).toMatchObject({
      status: 'unavailable',
      why: expect.stringMatching(/for want of AWS credentials\. See that the function/),
    });
    expect(scripted.requests).toEqual([]);
  });

  it('says what to allow where it refuses', async () => {
    const message = 'User: arn:aws:sts::111122223333:assumed-role/x is not authorized to perform: aps:QueryMetrics';
    expect(await answerTo(() => ({ status: 403, body: { message } }))).toBe(
      'The workspace ws-1a2b3c4d-0000-1111-2222-333344445555 of Amazon Managed Prometheus in eu-west-1 refused to answer (HTTP 403): ' +
        `${message}. Allow aps:QueryMetrics on it to whoever asks: of the deployment, by naming the workspace in the context key ` +
        'workspaces and deploying again.',
    );
    const alerts = createPrometheusAlerts(options(scriptedFetch(() => ({ status: 403, body: { Message: 'no' } }))));
    expect(await alerts.read(['Slow'])).toMatchObject([
      { state: 'unavailable', reason: expect.stringContaining('Allow aps:ListAlerts on it') },
    ]);
  });

  it('says where there is none', async () => {
    expect(await answerTo(() => ({ status: 404, body: '' }))).toMatch(/^There is no workspace ws-1a2b.+ Check its id and its region/);
  });

  it.each([
    ['a refusal', 403, (text: string) => ({ message: text })],
    ['an error of its own', 503, (text: string) => ({ status: 'error', errorType: 'internal', error: text })],
  ])('has no credential in its reason for %s, whatever is repeated', async (_, status, body) => {
    const repeated = `The Canonical String should have been\n'POST\n/\n\nx-amz-security-token:${session.sessionToken}\nSignature=${hash('x')}'`;
    const why = await answerTo(() => ({ status, body: body(repeated) }));
    expect(why).toContain('x-amz-security-token:…');
    expect(why).not.toContain(session.sessionToken);
    expect(why).not.toContain(hash('x'));
  });

  it('does not follow a redirect', async () => {
    expect(await answerTo(() => ({ status: 307, body: '' }))).toMatch(/answered with a redirect \(HTTP 307\), which is not followed/);
  });

  it.each([
    `http://${host}${workspace}`,
    `https://${host}.example.com${workspace}`,
    `https://${host}/prometheus`,
    `https://aps-workspaces.example.com${workspace}`,
    `https://prometheus.example.com/${host}${workspace}`,
  ])('gets nothing that is signed where the address is another: %s', async (other) => {
    const scripted = scriptedFetch(() => three);
    await createPrometheus({ ...options(scripted), url: other }).measure([query]);
    const { headers } = sentIn(scripted);
    expect([...headers.keys()].toSorted()).toEqual(['accept', 'content-type']);
  });
});
