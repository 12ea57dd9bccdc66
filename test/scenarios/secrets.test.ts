import { describe, expect, it } from 'vitest';
import { createTransport, type Transport } from '../../adapters/eks/http.ts';
import { createClusterOpener } from '../../adapters/eks/open-cluster.ts';
import { signToken } from '../../adapters/eks/token.ts';
import { createPrometheus, createPrometheusAlerts } from '../../adapters/metrics/prometheus.ts';
import { AwsUnavailableError } from '../../core/errors.ts';
import type { Deps } from '../../runtime/deps.ts';
import { type SandboxClock, VirtualClock } from '../../sandbox/clock.ts';
import { busyFetch } from '../../sandbox/prometheus/busy-fetch.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { alarmDuringBake } from './list/alarm-during-bake.ts';
import { alertsPushed } from './list/alerts-pushed.ts';
import { healthy } from './list/healthy.ts';
import { pushLost } from './list/pushes.ts';
import { storeDownAtTheAlarm } from './list/store-down.ts';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SecretsWatch } from './secrets-watch.ts';

const credentials = { accessKeyId: 'AKIDPLANTED', secretAccessKey: 'the-planted-secret-key', sessionToken: 'the-planted-session-token' };
const password = 'the-planted-password';
const basic = Buffer.from(`sluice:${password}`, 'utf8').toString('base64');

/** Plays a scenario with these secrets and servers that repeat them, and reads along. */
async function watched(scenario: Scenario, plant: (deps: Deps) => Deps = (deps) => deps) {
  const clock = new VirtualClock();
  const watch = new SecretsWatch({ ...credentials, password, basic });
  const repeated = { answers: 0 };
  let sandbox: Sandbox | undefined;
  const prometheusUrl = () => sandbox?.prometheus.url ?? '';
  const outcome = await runScenario(
    { ...scenario, requestsPerSecond: Math.min(scenario.requestsPerSecond ?? 10, 10) },
    watch.watching({
      clock,
      wrapDeps: (deps) => plant(withSecrets(deps, { clock, repeated, prometheusUrl })),
      onSandbox: (started) => {
        sandbox = started;
      },
    }),
  );
  watch.lookBack(outcome);
  return { watch, outcome, repeated };
}

/** The adapters as on AWS, with secrets that are known. */
function withSecrets(
  deps: Deps,
  {
    clock,
    repeated,
    prometheusUrl,
  }: { readonly clock: SandboxClock; readonly repeated: { answers: number }; readonly prometheusUrl: () => string },
): Deps {
  const transport = echoing(createTransport(), repeated);
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
    prometheus: () => {
      const url = prometheusUrl().replace('http://', `http://sluice:${password}@`);
      const fetch = echoingFetch(busyFetch(clock));
      return { metrics: createPrometheus({ url, clock, fetch }), alerts: createPrometheusAlerts({ url, clock, fetch }) };
    },
  };
}

/**
 * After so many requests a server fails, and says in its answer what it was sent: as a proxy that is set to tell what went wrong. Once soon, and then
 * after more than any function makes in two calls, so that a call which is tried again succeeds.
 */
const failsFirstAfter = 7;
const failsAgainAfter = 43;

function echoing(transport: Transport, repeated: { answers: number }): Transport {
  let left = failsFirstAfter;
  return async (request) => {
    left -= 1;
    if (left > 0) return transport(request);
    repeated.answers += 1;
    left = failsAgainAfter;
    const message = `What was sent: authorization ${request.headers['authorization']}`;
    return { status: 500, headers: {}, body: JSON.stringify({ kind: 'Status', message }) };
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

/** `scenarios.test.ts` reads along in all scenarios; in these, servers fail besides, and repeat what they were sent. */
const played = [healthy, alarmDuringBake, storeDownAtTheAlarm, ...alertsPushed.slice(1, 2)];

describe('secrets', () => {
  it.each(played.map((scenario) => [scenario.name, scenario] as const))(
    'stand nowhere in what is logged, thrown, told, stored or handed from state to state: %s',
    async (_, scenario) => {
      const { watch, outcome, repeated } = await watched(scenario);
      expect(outcome.rollouts.length).toBeGreaterThan(0);
      expect(repeated.answers).toBeGreaterThan(0);
      expect([...watch.looked.keys()]).toEqual(
        expect.arrayContaining(['a line of the log', 'an event', 'an execution', 'a history', 'the store', 'the input of SetWeight']),
      );
      expect(watch.found).toEqual([]);
    },
  );

  const failures: string[] = [];
  it.each<[string, (deps: Deps, secret: () => Promise<string>) => Deps, string, Scenario?]>([
    [
      'logs it',
      (deps, secret) => ({
        ...deps,
        alarms: {
          read: async (names) => {
            deps.log.info('asked', { with: await secret() });
            return deps.alarms.read(names);
          },
        },
      }),
      'a line of the log',
    ],
    [
      'tells it',
      (deps, secret) => ({
        ...deps,
        events: {
          publish: async (events) => {
            const by = await secret();
            return deps.events.publish(events.map((event) => ({ ...event, detail: { ...event.detail, by } })));
          },
        },
      }),
      'an event',
    ],
    [
      'fails by it',
      (deps, secret) => ({
        ...deps,
        clusterFinder: {
          find: async (name) => {
            if (failures.push(name) > 1) return deps.clusterFinder.find(name);
            throw new AwsUnavailableError(`EKS did not answer ${await secret()}.`, { remedy: 'Try again.' });
          },
        },
      }),
      'an error of Begin',
    ],
    [
      'hands it to whom it starts',
      (deps, secret) => ({
        ...deps,
        executions: {
          start: async (machine, name, input) => deps.executions.start(machine, name, { ...input, token: await secret() }),
          describe: (execution) => deps.executions.describe(execution),
          stop: (arn, reason) => deps.executions.stop(arn, reason),
        },
      }),
      'an execution',
      // Whose rollback machine lets through what it does not know.
      alarmDuringBake,
    ],
  ])('are found where somebody %s', async (_, plant, where, scenario = pushLost) => {
    const secret = () => signToken({ clusterName: 'shop', region: 'eu-west-1', credentials, signedAtMs: 0 });
    const { watch } = await watched(scenario, (deps) => plant(deps, secret));
    expect(watch.found).toContain(`a token of EKS stands in ${where}`);
  });
});
