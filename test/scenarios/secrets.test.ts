import { describe, expect, it } from 'vitest';
import { createTransport, type Transport } from '../../adapters/eks/http.ts';
import { createClusterOpener } from '../../adapters/eks/open-cluster.ts';
import { createPrometheus, createPrometheusAlerts } from '../../adapters/metrics/prometheus.ts';
import type { LambdaHandler } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { describeError } from '../../runtime/log.ts';
import { type SandboxClock, VirtualClock } from '../../sandbox/clock.ts';
import { createMemoryLog } from '../../sandbox/log.ts';
import { busyFetch } from '../../sandbox/prometheus/busy-fetch.ts';
import { type Sandbox, sandboxWebhookSecret } from '../../sandbox/sandbox.ts';
import { alarmDuringBake } from './list/alarm-during-bake.ts';
import { alertsPushed } from './list/alerts-pushed.ts';
import { healthy } from './list/healthy.ts';
import { storeDownAtTheAlarm } from './list/store-down.ts';
import { runScenario } from './run-scenario.ts';

const credentials = { accessKeyId: 'AKIDPLANTED', secretAccessKey: 'the-planted-secret-key', sessionToken: 'the-planted-session-token' };
const password = 'the-planted-password';
const basic = Buffer.from(`sluice:${password}`, 'utf8').toString('base64');

/** Everything that Sluice writes while a scenario is played, and the tokens that it made for the cluster meanwhile. */
async function written(scenario: Parameters<typeof runScenario>[0]) {
  const clock = new VirtualClock();
  const log = createMemoryLog();
  const texts: string[] = [];
  const tokens = new Set<string>();
  let sandbox: Sandbox | undefined;
  const keep = (what: unknown) => void texts.push(JSON.stringify(what) ?? '');
  const outcome = await runScenario(scenario, {
    clock,
    log,
    wrapDeps: (deps) => withSecrets(deps, { clock, tokens, keep, prometheusUrl: () => sandbox?.prometheus.url ?? '' }),
    onSandbox: (started) => {
      sandbox = started;
      const release = { wrapFunction: (name: string, handler: LambdaHandler) => kept(name, handler, keep) };
      started.deployMachines(release);
      started.deployDoors(release);
    },
  });
  keep([log.lines, log.metricLines, sandbox?.bus.puts, sandbox?.engine.executions, outcome.rollouts, outcome.executions]);
  return { texts, tokens, outcome };
}

/** What goes into a Lambda, comes out of it, or is thrown, stands in the history of its state machine; but for a request with its header. */
function kept(name: string, handler: LambdaHandler, keep: (what: unknown) => void): LambdaHandler {
  return async (event) => {
    if (name !== 'ReceiveWebhook') keep(event);
    try {
      const output = await handler(event);
      keep(output);
      return output;
    } catch (error) {
      keep(describeError(error));
      throw error;
    }
  };
}

/** The adapters as on AWS, with secrets that are known; the store tells what is written to it. */
function withSecrets(
  deps: Deps,
  {
    clock,
    tokens,
    keep,
    prometheusUrl,
  }: {
    readonly clock: SandboxClock;
    readonly tokens: Set<string>;
    readonly keep: (what: unknown) => void;
    readonly prometheusUrl: () => string;
  },
): Deps {
  const transport = echoing(createTransport(), tokens);
  return {
    ...deps,
    clusters: {
      open: createClusterOpener({
        region: 'eu-west-1',
        credentials: async () => credentials,
        clock,
        transport: (request) => clock.busy(() => transport(request)),
      }),
    },
    store: {
      read: (key) => deps.store.read(key),
      list: (partition) => deps.store.list(partition),
      write: (changes) => {
        keep(changes);
        return deps.store.write(changes);
      },
    },
    prometheus: () => {
      const url = prometheusUrl().replace('http://', `http://sluice:${password}@`);
      const fetch = echoingFetch(busyFetch(clock));
      return { metrics: createPrometheus({ url, clock, fetch }), alerts: createPrometheusAlerts({ url, clock, fetch }) };
    },
  };
}

/**
 * After so many requests, in turns, a server fails, and says in its answer what it was sent: as a proxy that is set to tell what went wrong. In
 * turns, since one that always fails at the same request of a call fails each try of it.
 */
const failsAfter = [7, 11, 13] as const;

function echoing(transport: Transport, tokens: Set<string>): Transport {
  let failed = 0;
  let left: number = failsAfter[0];
  return async (request) => {
    const { authorization = '' } = request.headers;
    tokens.add(authorization.replace('Bearer ', ''));
    left -= 1;
    if (left > 0) return transport(request);
    failed += 1;
    left = failsAfter[failed % failsAfter.length] ?? failsAfter[0];
    return { status: 500, headers: {}, body: JSON.stringify({ kind: 'Status', message: `What was sent: authorization ${authorization}` }) };
  };
}

function echoingFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  let asked = 0;
  return async (input, init) => {
    asked += 1;
    if (asked % 3 !== 0) return fetch(input, init);
    const error = `What was sent: ${new Headers(init?.headers).get('authorization')} to http://sluice:${password}@prometheus`;
    return new Response(JSON.stringify({ status: 'error', errorType: 'internal', error }), { status: 500 });
  };
}

describe('secrets', () => {
  const played = [healthy, alarmDuringBake, storeDownAtTheAlarm, ...alertsPushed.slice(1, 2)];
  it.each(played.map((scenario) => [scenario.name, scenario] as const))(
    'stand nowhere in what is logged, thrown, told, stored or handed from state to state: %s',
    async (_, scenario) => {
      const { texts, tokens, outcome } = await written(scenario);
      const all = texts.join('\n');
      expect(outcome.rollouts.length).toBeGreaterThan(0);
      // What servers said of failures was kept, so that it was there to be found.
      expect(all).toContain('What was sent');
      const [token = ''] = tokens;
      expect(token).toMatch(/^k8s-aws-v1\./);
      const secrets = [
        ...tokens,
        ...[...tokens].map((each) => Buffer.from(each.replace('k8s-aws-v1.', ''), 'base64url').toString()),
        ...Object.values(credentials),
        ...[password, basic, sandboxWebhookSecret],
      ];
      expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
    },
  );
});
