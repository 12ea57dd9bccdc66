import { describe, expect, it } from 'vitest';
import { createPrometheus } from '../../../adapters/metrics/prometheus.ts';
import type { Measurement } from '../../../core/metric-ports.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { busyFetch } from '../../../sandbox/prometheus/busy-fetch.ts';
import { startPrometheus } from '../../../sandbox/prometheus/prometheus.ts';
import { metricProviderContract } from '../../contract/metric-provider.ts';
import { endTrouble, makeTrouble, prometheusTroubles } from './prometheus-trouble.ts';
import { fetchError, type ScriptedFetch, scriptedFetch } from './scripted-fetch.ts';

metricProviderContract('Prometheus', async () => {
  const clock = new VirtualClock();
  const prometheus = await startPrometheus({ clock });
  const atMs = clock.now();
  prometheus.store.append({ __name__: 'three' }, atMs, 3);
  prometheus.store.append({ __name__: 'pods', pod: 'a' }, atMs, 1);
  prometheus.store.append({ __name__: 'pods', pod: 'b' }, atMs, 3);
  return {
    provider: createPrometheus({ url: prometheus.url, clock, fetch: busyFetch(clock) }),
    queries: {
      three: 'three',
      four: 'sum(pods)',
      empty: 'nothing',
      noData: {
        'several series': 'pods',
        '0 divided by 0': 'three * 0 / 0',
        'something divided by 0': 'three / 0',
        'a scalar that is NaN': 'scalar(nothing)',
      },
      refused: { 'bad syntax': 'sum(', 'a range': 'pods[5m]', 'a string': '"three"', 'no match': 'three + on() pods' },
    },
    troubles: prometheusTroubles,
    makeTrouble: (trouble) => makeTrouble(prometheus.faults, trouble),
    endTrouble: () => endTrouble(prometheus.faults),
    nowMs: () => clock.now(),
    tearDown: async () => {
      await prometheus.close();
      clock.stop();
    },
  };
});

const startMs = Date.UTC(2026, 0, 5);
const nowSeconds = startMs / 1000;

function vectorOf(...values: readonly unknown[]) {
  const result = values.map((value, index) => ({ metric: { pod: String(index) }, value: [nowSeconds, value] }));
  return { status: 'success', data: { resultType: 'vector', result } };
}

async function measure(
  answer: Parameters<typeof scriptedFetch>[0] | ScriptedFetch,
  options: { readonly url?: string } = {},
): Promise<Measurement | undefined> {
  const { fetch } = typeof answer === 'function' ? scriptedFetch(answer) : answer;
  const clock = new VirtualClock({ startMs });
  const provider = createPrometheus({
    url: options.url ?? 'http://prometheus:9090',
    clock,
    fetch: (input, init) => clock.busy(() => fetch(input, init)),
  });
  const [measured] = await provider.measure([{ name: 'm', query: 'up == 1' }]);
  clock.stop();
  return measured;
}

describe('createPrometheus', () => {
  it('asks by POST, at the time of the clock, with its time-out', async () => {
    const scripted = scriptedFetch(() => ({ body: vectorOf('1') }));
    await measure(scripted, { url: 'https://prometheus.example/prefix/' });
    const [request] = scripted.requests;
    expect(request?.url).toBe('https://prometheus.example/prefix/api/v1/query');
    expect(request?.init.method).toBe('POST');
    expect(String(request?.init.body)).toBe(`query=up+%3D%3D+1&time=${nowSeconds}&timeout=10000ms`);
  });

  it('takes a scalar, and a number in exponents', async () => {
    const scalar = { status: 'success', data: { resultType: 'scalar', result: [nowSeconds, '0.5'] } };
    expect(await measure(() => ({ body: scalar }))).toMatchObject({ status: 'value', value: 0.5 });
    expect(await measure(() => ({ body: vectorOf('1.5e-07') }))).toMatchObject({ status: 'value', value: 1.5e-7 });
  });

  it('does not take infos for warnings', async () => {
    const body = { ...vectorOf('1'), infos: ['metric might not be a counter'] };
    expect(await measure(() => ({ body }))).toMatchObject({ status: 'value' });
  });

  it.each([
    ['nothing', vectorOf(), /^The query answers no series/],
    ['NaN', vectorOf('NaN'), /0 divided by 0/],
    ['-Inf', vectorOf('-Inf'), /whose divisor is 0/],
    ['several series', vectorOf('1', '2', '3'), /answers 3 series, such as \{pod="0"\} and \{pod="1"\}; aggregate them/],
    ['a warning', { ...vectorOf('1'), warnings: ['a store did not answer'] }, /partial: a store did not answer/],
    [
      'a stale sample',
      { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [nowSeconds - 90, '1'] }] } },
      /^The newest sample is 90 s old; at most 60 s counts\.$/,
    ],
  ])('takes %s for no data', async (_, body, why) => {
    expect(await measure(() => ({ body }))).toMatchObject({ status: 'noData', why: expect.stringMatching(why) });
  });

  it.each([
    ['a page of HTML', 200, '<html>', /no Prometheus API/],
    ['JSON of another shape', 200, { ok: true }, /no Prometheus API/],
    ['an unknown type of result', 200, { status: 'success', data: { resultType: 'cube', result: [] } }, /shape that is not known/],
    ['a value that is none', 200, vectorOf('many'), /"many", which is no number/],
    ['a value that is empty', 200, vectorOf(''), /which is no number/],
    [
      'a native histogram',
      200,
      { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, histogram: [nowSeconds, {}] }] } },
      /histogram_quantile/,
    ],
    ['bad PromQL', 400, { status: 'error', errorType: 'bad_data', error: '1:5: parse error' }, /refused the query: 1:5: parse error$/],
    [
      'a failed evaluation',
      422,
      { status: 'error', errorType: 'execution', error: 'many-to-many' },
      /failed with execution: many-to-many$/,
    ],
    ['an error with status 200', 200, { status: 'error', errorType: 'internal', error: 'broken' }, /failed with internal: broken$/],
    ['no permission', 403, 'forbidden', /refused the credentials \(HTTP 403\)/],
    ['too many requests', 429, '', /HTTP 429/],
    ['a gateway without a server', 502, '<html>', /answered HTTP 502\.$/],
    ['a success body with a failing status', 500, vectorOf('1'), /answered HTTP 500\.$/],
  ])('takes %s for unavailable', async (_, status, body, why) => {
    expect(await measure(() => ({ status, body }))).toMatchObject({ status: 'unavailable', why: expect.stringMatching(why) });
  });

  it.each([
    ['ECONNREFUSED', 'the connection was refused (ECONNREFUSED)'],
    ['ENOTFOUND', 'its name does not resolve (ENOTFOUND)'],
    ['CERT_HAS_EXPIRED', 'the request failed (CERT_HAS_EXPIRED)'],
  ])('says what %s means', async (code, meaning) => {
    expect(await measure(() => fetchError(code))).toEqual({
      name: 'm',
      atMs: startMs,
      status: 'unavailable',
      why: `Prometheus at http://prometheus:9090 could not be reached: ${meaning}.`,
    });
  });

  it('gives up after its time-out, and cuts the request off', async () => {
    const clock = new VirtualClock({ startMs });
    let cutOff: AbortSignal | null | undefined;
    const fetch: typeof globalThis.fetch = (_, init) => {
      cutOff = init?.signal;
      return new Promise((_resolve, reject) => cutOff?.addEventListener('abort', () => reject(fetchError('ABORT_ERR'))));
    };
    const provider = createPrometheus({ url: 'http://prometheus:9090', clock, fetch, timeoutMs: 2_000 });
    expect(await provider.measure([{ name: 'm', query: 'up' }])).toMatchObject([
      { status: 'unavailable', why: 'Prometheus at http://prometheus:9090 did not answer within 2 s.' },
    ]);
    expect(clock.now()).toBe(startMs + 2_000);
    expect(cutOff?.aborted).toBe(true);
  });

  it('asks all at once', async () => {
    const clock = new VirtualClock({ startMs });
    const fetch: typeof globalThis.fetch = async () => {
      await clock.sleep(1_000);
      return new Response(JSON.stringify(vectorOf('1')));
    };
    const provider = createPrometheus({ url: 'http://prometheus:9090', clock, fetch });
    await provider.measure(['a', 'b', 'c'].map((name) => ({ name, query: name })));
    expect(clock.now()).toBe(startMs + 1_000);
  });

  it('refuses an address that is none without repeating it', async () => {
    const measured = await measure(() => ({ body: vectorOf('1') }), { url: 'ftp://user:pa55@host' });
    expect(measured).toMatchObject({ status: 'unavailable', why: expect.stringMatching(/no http or https address/) });
  });
});

describe('createPrometheus with a password in the address', () => {
  const url = 'http://reader:p%40ss-word@prometheus:9090/?token=hush';
  const encoded = Buffer.from('reader:p@ss-word').toString('base64');

  it('sends it as basic authentication, since fetch refuses it in an address', async () => {
    const scripted = scriptedFetch(() => ({ body: vectorOf('1') }));
    await measure(scripted, { url });
    expect(scripted.requests[0]?.url).toBe('http://prometheus:9090/api/v1/query');
    expect(new Headers(scripted.requests[0]?.init.headers).get('authorization')).toBe(`Basic ${encoded}`);
  });

  it.each<[string, Parameters<typeof scriptedFetch>[0]]>([
    ['a network error that repeats the address', () => fetchError('ECONNREFUSED', `cannot reach ${url}`)],
    ['an error without a code', () => new Error(`cannot parse ${url}`)],
    [
      'an answer that repeats the header',
      () => ({ status: 400, body: { status: 'error', errorType: 'bad_data', error: `Basic ${encoded}` } }),
    ],
    ['an answer that repeats the password', () => ({ status: 400, body: { status: 'error', errorType: 'bad_data', error: 'p@ss-word' } })],
    ['a refusal', () => ({ status: 401, body: '' })],
  ])('keeps it out of the reason for %s', async (_, answer) => {
    const measured = await measure(answer, { url });
    expect(measured).toMatchObject({ status: 'unavailable' });
    for (const secret of ['ss-word', encoded, 'hush']) expect(JSON.stringify(measured)).not.toContain(secret);
  });
});
