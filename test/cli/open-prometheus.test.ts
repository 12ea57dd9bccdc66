import { afterEach, describe, expect, it, vi } from 'vitest';
import { openPrometheus } from '../../cli/connection/open-prometheus.ts';
import { VirtualClock } from '../../sandbox/clock.ts';

const clock = new VirtualClock();
const workspace = 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1a2b3c4d';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** What is sent by a command whose shell has these credentials. */
async function sentTo(url: string, elsewhere?: string) {
  const sent: { url: string; headers: Headers }[] = [];
  vi.stubGlobal('fetch', async (to: string, init: RequestInit) => {
    sent.push({ url: to, headers: new Headers(init.headers) });
    return new Response(JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [clock.now() / 1000, '1'] } }));
  });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDOFADA');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const { metrics } = openPrometheus(clock, elsewhere)(url);
  expect(await clock.busy(() => metrics.measure([{ name: 'one', query: 'up' }]))).toMatchObject([{ status: 'value', value: 1 }]);
  return sent[0];
}

describe('the Prometheus of a spec, as a person reaches it', () => {
  it('is a workspace that is asked with their own credentials', async () => {
    const sent = await sentTo(workspace);
    expect(sent?.headers.get('authorization')).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDOFADA\/\d{8}\/eu-west-1\/aps\/aws4_request, /);
  });

  it('is asked where they say that it answers from here, unsigned where that is no workspace', async () => {
    const sent = await sentTo(workspace, 'http://localhost:9090');
    expect(sent?.url).toBe('http://localhost:9090/api/v1/query');
    expect(sent?.headers.has('authorization')).toBe(false);
  });
});
