import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkQuery } from '../../../core/analysis/check-query.ts';
import { ScaledClock } from '../../../sandbox/clock.ts';
import { type Prometheus, startPrometheus } from '../../../sandbox/prometheus/prometheus.ts';
import { exampleFile, exampleRecording } from '../../backtest/example.ts';
import { scrapedService } from '../../backtest/simulated-service.ts';
import { sluice, temporaryFolder } from '../run-command.ts';
import { readSvg } from './read-svg.ts';

const example = ['backtest', 'rollouts/checkout.yaml', '--data', exampleFile];

describe('the example recording', () => {
  it('is what the simulation is recorded as, and small', async () => {
    expect(await readFile(exampleFile, 'utf8')).toBe(await exampleRecording());
    expect((await stat(exampleFile)).size).toBeLessThan(200_000);
  });

  it('is rolled back a minute or two after its canary turned bad, with exit code 1', async () => {
    const { code, out, err } = await sluice(example);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(/^Would have been rolled back after 1[01]m\d*s?, at step 3 of 5: analysis\.$/m);
    expect(out).toMatch(/successRate: .*Evidence [\d,]+ of the 200 that fail it/);
    expect(out).toMatch(/^ {2}successRate {2}\d+ of 2,\d+ {2}\d+ of 8,\d+ {2}\d+ spared$/m);
    expect(out).toContain('Left out: alarms (checkout-errors)');
  });

  it('is not decided where it ends before: exit code 4', async () => {
    const { code, out } = await sluice([...example, '--to', '2026-11-20T10:08Z', '--json']);
    expect([code, JSON.parse(out).end]).toEqual([4, expect.objectContaining({ outcome: 'undecided', afterSeconds: 480 })]);
  });

  it('begins where --from says', async () => {
    const { out } = await sluice([...example, '--from', '2026-11-20T11:05+01:00', '--json']);
    const told = JSON.parse(out);
    expect(told).toMatchObject({ from: '2026-11-20T10:05:00.000Z', end: { outcome: 'rolledBack' } });
    expect(Date.parse(told.end.at)).toBeGreaterThan(Date.parse('2026-11-20T10:09:00Z'));
  });

  it('is told with every look by --json', async () => {
    const told = JSON.parse((await sluice([...example, '--json'])).out);
    expect(told.end).toMatchObject({ outcome: 'rolledBack', reason: 'analysis' });
    expect(told.looks.length).toBe(told.end.afterSeconds / 10 + 3);
    expect(told.looks.at(-1)).toMatchObject({ stepIndex: 2, weight: 25, action: 'abort', at: told.end.at });
    expect(told.costs[0]).toMatchObject({ metric: 'successRate', badMeans: 'failed', inAll: { aboveBaseline: expect.any(Number) } });
  });

  it('is drawn', async () => {
    const cwd = await temporaryFolder();
    const at = (file: string) => join(process.cwd(), file);
    await sluice(['backtest', at('rollouts/checkout.yaml'), '--data', at(exampleFile), '--svg', 'plot.svg'], { cwd });
    const svg = await readFile(join(cwd, 'plot.svg'), 'utf8');
    expect(readSvg(svg).texts).toContain('latency: share that took longer than 250 ms');
    expect(await readFile('examples/backtest/checkout.svg', 'utf8')).toBe(svg);
  });
});

describe('what is to be recorded', () => {
  it.each(['istio', 'istio-subsets', 'gateway-api', 'ambient', 'linkerd', 'consul'])(
    'is told of %s as PromQL, and as data',
    async (mesh) => {
      const cwd = await temporaryFolder();
      const text = await readFile(`examples/meshes/${mesh}/checkout.yaml`, 'utf8');
      const prometheus = '  prometheus: { url: "http://prometheus:9090" }\n';
      const analysis = `analysis:\n  interval: 30s\n${prometheus}  metrics: [successRate, { latency: { above: 200ms } }, { name: up, query: up, min: 1 }]\n`;
      await writeFile(join(cwd, 'checkout.yaml'), text.replace(/^analysis:\n(?: .*\n|\n)*/m, analysis));
      const { code, out } = await sluice(['backtest', './checkout.yaml', '--print-queries', '--json'], { cwd });
      expect(code).toBe(0);
      const { queries, stepSeconds } = JSON.parse(out);
      expect(stepSeconds).toBe(30);
      expect(queries.length).toBeGreaterThanOrEqual(11);
      for (const { query } of queries) expect([query, checkQuery(query)]).toEqual([query, { ok: true }]);
      const shown = (await sluice(['backtest', './checkout.yaml', '--print-queries'], { cwd })).out;
      for (const { query, view } of queries) if (view === undefined || view === queries[0].view) expect(shown).toContain(query);
    },
  );
});

describe('a recording that Prometheus is asked for', () => {
  const fromMs = Date.UTC(2026, 10, 20, 10);
  let prometheus: Prometheus;
  let clock: ScaledClock;
  const live = (more: readonly string[] = [], spec = 'rollouts/checkout.yaml') => [
    'backtest',
    spec,
    '--prometheus',
    prometheus.url,
    '--from',
    '2026-11-20T10:00Z',
    '--to',
    '2026-11-20T10:40Z',
    ...more,
  ];

  beforeEach(async () => {
    clock = new ScaledClock({ speed: 1, startMs: fromMs + 3_600_000 });
    prometheus = await startPrometheus({ clock, retentionMs: 86_400_000 });
  });

  afterEach(async () => {
    await prometheus.close();
    clock.stop();
  });

  const scrape = (failing: number, labels: Readonly<Record<string, string>> = {}) => {
    const store = scrapedService({
      seed: 9,
      fromMs,
      pastSeconds: 2_100,
      forSeconds: 2_400,
      requestsPerSecond: 40,
      canaryPart: 0.1,
      failing: (side, after) => (side === 'canary' && after >= 120 ? failing : 0.004),
      labels,
    });
    for (const { labels: of, points } of store.range([], 0, Number.MAX_SAFE_INTEGER)) {
      for (const { atMs, value } of points) prometheus.store.append(of, atMs, value);
    }
  };

  it('is replayed, and kept by --save: from its file it comes to the same', async () => {
    scrape(0.1);
    const file = join(await temporaryFolder(), 'recording.json');
    const now = await sluice(live(['--save', file, '--json']));
    expect([now.code, JSON.parse(now.out).end.outcome]).toEqual([1, 'rolledBack']);
    const later = await sluice(['backtest', 'rollouts/checkout.yaml', '--data', file, '--json']);
    expect(JSON.parse(later.out)).toEqual(JSON.parse(now.out));
  });

  it('is promoted where nothing speaks against the canary: exit code 0', async () => {
    scrape(0.004);
    const { code, out } = await sluice(live());
    expect([code, out]).toEqual([0, expect.stringMatching(/^Would have been promoted after 3[2-4]m\d*s?\.$/m)]);
  });

  it('is of its alerts too: the one that fires first rolls back', async () => {
    scrape(0.004);
    const labels = { __name__: 'ALERTS', alertname: 'CheckoutSlow', alertstate: 'firing', pod: 'a' };
    for (let after = 300; after < 420; after += 15) prometheus.store.append(labels, fromMs + after * 1000, 1);
    const cwd = await temporaryFolder();
    const text = await readFile('rollouts/checkout.yaml', 'utf8');
    await writeFile(join(cwd, 'checkout.yaml'), text.replace('  alarms:', '  alerts: [CheckoutSlow]\n  alarms:'));
    const { code, out } = await sluice(live(['--json', '--save', 'recording.json'], './checkout.yaml'), { cwd });
    expect([code, JSON.parse(out).end]).toEqual([
      1,
      expect.objectContaining({ reason: 'alarm', why: 'CheckoutSlow is in alarm: Firing for {pod="a"}.', afterSeconds: 300 }),
    ]);
    const later = await sluice(['backtest', './checkout.yaml', '--data', 'recording.json', '--json'], { cwd });
    expect(JSON.parse(later.out)).toEqual(JSON.parse(out));
  });

  it('is of whoever reports where the caller does not', async () => {
    scrape(0.1, { reporter: 'destination' });
    expect(JSON.parse((await sluice(live(['--json']))).out).end).toMatchObject({ outcome: 'rolledBack', reason: 'analysis' });
  });

  it('tells of its progress on a terminal only, and leaves nothing of it', async () => {
    scrape(0.1);
    expect((await sluice(live())).err).toBe('');
    const { err } = await sluice(live(), { terminal: true });
    expect(err).toContain('Recording successRate, request 1');
    expect(err.endsWith('\r\u001b[K')).toBe(true);
  });

  it('is left alone where somebody interrupts it: exit code 130', async () => {
    scrape(0.1);
    expect(await sluice(live(), { interrupted: AbortSignal.abort() })).toMatchObject({ code: 130, out: '' });
  });

  it('is not there where Prometheus has nothing of the service: exit code 3', async () => {
    const { code, err } = await sluice(live());
    expect(code).toBe(3);
    expect(err).toContain('Prometheus has nothing of successRate, latency, latency p99 in milliseconds from 2026-11-20T10:00:00Z');
  });

  it('is not there where Prometheus does not answer, or refuses: exit code 3, with why', async () => {
    prometheus.faults.status = 503;
    expect(await sluice(live())).toMatchObject({ code: 3, err: expect.stringContaining('answered HTTP 503') });
    await prometheus.close();
    const { code, err } = await sluice(live().map((each) => each.replace('http://', 'http://ada:secret@')));
    expect([code, err]).toEqual([3, expect.stringContaining('the connection was refused')]);
    expect(err).not.toContain('secret');
  });
});

describe('wrong usage of sluice backtest', () => {
  const spec = 'rollouts/checkout.yaml';
  it.each<[string, readonly string[], string]>([
    ['no source', [], 'Nothing is named to replay.'],
    ['two sources', ['--data', exampleFile, '--prometheus', 'http://localhost:9'], 'Only one of'],
    ['a Prometheus without a time', ['--prometheus', 'http://localhost:9'], 'Add --from and --to'],
    ['a time without its zone', ['--data', exampleFile, '--from', '2026-11-20T10:00'], 'which is no time'],
    ['an impossible time', ['--data', exampleFile, '--from', '2026-13-20T10:00Z'], 'which is no time'],
    ['an end before its beginning', ['--data', exampleFile, '--from', '2026-11-20T10:10Z', '--to', '2026-11-20T10:00Z'], 'not before'],
    ['a recording to save that is one already', ['--data', exampleFile, '--save', 'x.json'], '--save'],
    ['queries and a picture', ['--print-queries', '--svg', 'x.svg'], 'replays nothing'],
    ['a file that is not there', ['--data', 'nobody.json'], 'nobody.json does not exist.'],
    ['a folder', ['--data', 'examples'], 'examples is a folder.'],
    ['a file that is no JSON', ['--data', spec], 'is no JSON'],
    ['a file of something else', ['--data', 'package.json'], 'package.json version: found "0.1.0", expected 1'],
    [
      'less than the first bake',
      ['--data', exampleFile, '--to', '2026-11-20T10:01Z'],
      'takes 1m, less than the bake of the first step, 2m',
    ],
    ['a wrong year', ['--data', exampleFile, '--from', '1970-01-01T00:00Z'], 'at most 100000 are replayed'],
    [
      'a Prometheus that is no address',
      ['--prometheus', 'file:///etc/passwd', '--from', '2026-11-20T10:00Z', '--to', '2026-11-20T12:00Z'],
      'What --prometheus names is no http or https address.',
    ],
    ['a picture that cannot be written', ['--data', exampleFile, '--svg', 'no/such/folder.svg'], 'could not be written'],
  ])('is refused for %s: exit code 2', async (_, argv, message) => {
    const { code, out, err } = await sluice(['backtest', spec, ...argv]);
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(message)]);
  });

  it('is refused for a Prometheus that a spec of nothing but alarms does not ask', async () => {
    const cwd = await temporaryFolder();
    const text = await readFile(spec, 'utf8');
    await writeFile(join(cwd, 'checkout.yaml'), text.replace(/^ {2}metrics:\n(?: {4}.*\n)*/m, ''));
    const argv = ['--prometheus', 'http://localhost:9', '--from', '2026-11-20T10:00Z', '--to', '2026-11-20T12:00Z'];
    const { code, err } = await sluice(['backtest', './checkout.yaml', ...argv], { cwd });
    expect([code, err]).toEqual([2, expect.stringContaining('Leave --prometheus out: what it asks is CloudWatch.')]);
  });
});
