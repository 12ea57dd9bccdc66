import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type RunningSandbox, startSandboxConnection } from '../../cli/connection/sandbox/start-sandbox.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { sluice, temporaryFolder, writeKubeconfig } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

const clock = new VirtualClock();
let running: RunningSandbox;
let cwd: string;

beforeAll(async () => {
  running = await startSandboxConnection({ clock, speed: 1, specs: [{ file: 'checkout.yaml', text: cliSpec() }], by: 'ada' });
  cwd = await temporaryFolder();
  await mkdir(join(cwd, 'rollouts'));
  await writeKubeconfig(cwd, running.kubernetesUrl);
  await clock.sleep(130_000);
});
afterAll(() => running.close());

async function lintWith(metrics: readonly unknown[], more: readonly string[] = [], steps = '  - weight: 10\n    bake: 10s\n') {
  const text = cliSpec()
    .replace(/ {2}metrics:\n[\s\S]*(?= {2}alarms)/, `  metrics: ${JSON.stringify(metrics)}\n`)
    .replace('  - weight: 10\n    bake: 10s\n', steps)
    .replace('rollout: 10m', 'rollout: 1h');
  await writeFile(join(cwd, 'rollouts', 'checkout.yaml'), text);
  const { url } = running.sandbox.prometheus;
  const argv = [
    'lint',
    '--cluster',
    '--kubeconfig',
    'kubeconfig',
    ...(more.includes('--prometheus') ? [] : ['--prometheus', url]),
    ...more,
  ];
  return clock.busy(() => sluice(argv, { cwd, clock }));
}

const buckets = 'istio_request_duration_milliseconds_bucket{destination_service_name="{{stable}}"}';
const all = 'istio_requests_total{destination_service_name="{{stable}}"}';
const steps = z.array(z.looseObject({ weight: z.number(), isLongEnough: z.boolean() }));
const answer = z.object({
  cluster: z.object({
    rollouts: z.array(
      z.object({
        findings: z.array(z.object({ severity: z.string(), subject: z.string(), message: z.string() })),
        metrics: z.object({
          proportions: z.array(z.looseObject({ name: z.string(), steps: z.optional(steps) })),
          queries: z.array(z.looseObject({ name: z.string() })),
        }),
      }),
    ),
  }),
});
async function jsonOf(...args: Parameters<typeof lintWith>) {
  const [metrics, more = [], own] = args;
  const { out, code } = await lintWith(metrics, ['--json', ...more], own);
  const [rollout] = answer.parse(JSON.parse(out)).cluster.rollouts;
  if (rollout === undefined) throw new Error('it told of no rollout');
  return { ...rollout, code };
}

describe('sluice lint --cluster, of metrics', () => {
  it('says what stable usually answers, and what each step needs', async () => {
    const { out } = await lintWith(['successRate']);
    expect(out).toMatch(
      /^ {2}successRate: stable answers \d\d(\.\d)? requests\/s, of which none failed; until some do, clumps of 6 are reckoned with \(last [23]m\)$/m,
    );
    expect(out).toMatch(/^ {4}step {2}weight {2}canary +needs +takes +bake$/m);
    expect(out).toMatch(/^ {4}1 {5}10 {6}\d+\.\d+ requests\/s +[\d,]+ requests {2}\d+h\d+m {2}10s too short$/m);
    expect(out).toMatch(
      / {2}warning: metric successRate: These steps are too short to see twice the margin: 1 \(needs \d+h\d+m, bakes 10s\), 2 \(needs .+\)\.\n/,
    );
    expect(out).toMatch(
      / {4}step 1: bake it \d+h\d+m\n {4}step 2: bake it (\d+h)?\d+m\n {4}A wider margin needs less\. Left as they are, later steps may see it/,
    );
  });

  it('finds nothing to say of steps that are long enough, and names a weight that would do', async () => {
    const metrics = [{ successRate: { margin: { ratio: 2, excess: '20%' } } }];
    const enough = '  - weight: 40\n    bake: 5m\n';
    const { metrics: surveyed, findings } = await jsonOf(metrics, [], enough);
    expect(surveyed.proportions[0]?.steps).toMatchObject([{ weight: 40, isLongEnough: true }, { weight: 100 }]);
    expect(findings.filter(({ message }) => / 1 \(/.test(message))).toEqual([]);
    const { out } = await lintWith(metrics, [], '  - weight: 1\n    bake: 2m\n');
    expect(out).toMatch(/^ {4}step 1: bake it \d+m or give it a weight of \d+$/m);
  });

  it('has all figures as JSON', async () => {
    const { metrics } = await jsonOf(['successRate', { latency: { above: '250ms' } }, { name: 'all', query: `sum(${all})`, min: 1 }]);
    expect(metrics.proportions).toMatchObject([
      { name: 'successRate', status: 'value', badMeans: 'failed', usual: { badShare: 0, requestsPerSecond: expect.any(Number) } },
      { name: 'latency', badMeans: 'took longer than 250 ms', steps: [{ requestsNeeded: expect.any(Number), bakeSeconds: 10 }, {}] },
    ]);
    expect(metrics.queries).toMatchObject([
      { name: 'all', asksForCanary: false, tookMs: 0, missingNames: [], answer: { status: 'value', value: expect.any(Number) } },
    ]);
  });

  it('says the value of a query now, and that one for the canary has none yet', async () => {
    const { out, code } = await lintWith([
      { name: 'all', query: `sum(${all})`, min: 1 },
      { name: 'all of the canary', query: `sum(${all.replace('stable', 'canary')})`, min: 1 },
    ]);
    expect(code).toBe(0);
    expect(out).toContain('checkout: 0 refusals, 0 warnings\n');
    expect(out).toMatch(/^ {2}all: [\d,]+ now \(0 ms\)$/m);
    expect(out).toMatch(/^ {2}all of the canary: no data yet, since it asks for the canary \(0 ms\)$/m);
  });

  it('says what runs now has of what needs no query, and what is missing to tell', async () => {
    const { out, code } = await lintWith([
      { saturation: 'memory' },
      { throughput: 'service', min: 1 },
      { throughput: 'service', name: 'too much', max: 1 },
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}throughput: \d+(\.\d+)? now \(0 ms\)$/m);
    expect(out).toContain('metric too much: What runs now has ');
    expect(out).toContain('None of its containers has a memory limit');
    expect(out).toContain('metric memory saturation of stable: No data now: ');
    expect(out).toContain("See that the kubelets' cAdvisor is scraped");
    expect(out).not.toContain('No series has the name');
    expect(out).toContain('checkout: 0 refusals, 3 warnings\n');
  });

  it.each([
    ['several series', buckets, /^The query answers \d+ series, such as /],
    ['a range', `${all}[1m]`, /^The query answers a range of samples/],
    ['wrong types', 'rate(up)', /refused the query: .*expected type range vector/],
    ['two on each side', `${buckets} / on (destination_service_name) ${buckets}`, /failed with execution: found duplicate series/],
  ])('refuses what no answer could be a number of: %s', async (_, query, message) => {
    const { findings, code } = await jsonOf([{ name: 'wrong', query, max: 1 }]);
    expect(code).toBe(1);
    expect(findings).toMatchObject([{ severity: 'refusal', subject: 'metric wrong', message: expect.stringMatching(message) }]);
  });

  it('warns of names that no series has, such as those of recording rules, and of silence that is not the canary’s', async () => {
    const { findings } = await jsonOf([
      { name: 'recorded', query: 'job:errors:rate1m{job="{{canary}}"} or vector(0)', max: 1 },
      { name: 'silent', query: 'istio_requests_total{nothing="here"}', max: 1 },
    ]);
    expect(findings).toMatchObject([
      { severity: 'warning', subject: 'metric recorded', message: 'No series has the name job:errors:rate1m now.' },
      { severity: 'warning', subject: 'metric silent', message: expect.stringMatching(/^No data now: The query answers no series/) },
    ]);
  });

  it('says of a Prometheus that does not answer what was not asked, and does not fail for it', async () => {
    running.sandbox.prometheus.faults.status = 503;
    try {
      const { out, code } = await lintWith(['successRate', { name: 'all', query: `sum(${all})`, min: 1 }], ['--strict']);
      expect(code).toBe(0);
      expect(out).toMatch(/ {2}could not read: metric all: Not asked: Prometheus at http:.+ answered HTTP 503\./);
      expect(out).toContain('  successRate: not asked\n');
    } finally {
      running.sandbox.prometheus.faults.status = undefined;
    }
  });

  it('takes --prometheus only for an address', async () => {
    expect(await lintWith(['successRate'], ['--prometheus', 'localhost:9090'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('What --prometheus names is no http or https address.'),
    });
  });
});
