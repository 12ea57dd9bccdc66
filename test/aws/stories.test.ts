import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { Means } from './means.ts';
import { namesOf } from './names.ts';
import { sandboxMeans, sandboxService } from './sandbox-means.ts';
import { playAll } from './stories/play.ts';

const names = namesOf('sluice-test', 'abc234');
let sandbox: Sandbox;
let means: Means;
let lines: string[];

beforeEach(async () => {
  sandbox = await startSandbox({ clock: new VirtualClock(), services: [sandboxService(names)] });
  means = await sandboxMeans(sandbox, names);
  lines = [];
});

afterEach(() => sandbox.close());

const play = (other: Partial<Means> = {}, interrupted: AbortSignal = new AbortController().signal) =>
  playAll({ means: { ...means, ...other }, names, tell: (line) => lines.push(line), interrupted });

describe('the stories of npm run test:aws, played on the sandbox', () => {
  it('all pass, and say how long it took and where it is found again', async () => {
    const results = await play();
    expect(results.map(({ name, outcome, wrong }) => [name, outcome, wrong])).toEqual([
      ['push', 'passed', []],
      ['rollback', 'passed', []],
      ['sweep', 'passed', []],
    ]);
    const [push, rollback, sweep] = results;
    expect(push?.ids['rollout']).toBe('web-000001');
    expect(await means.stableImage()).toMatch(new RegExp(`@${push?.ids['digest']}$`));
    expect(rollback?.timesMs['alarm to traffic back, as seen on the route']).toBeLessThanOrEqual(1000);
    expect(rollback?.timesMs['metric data to traffic back, as seen on the route']).toBeLessThanOrEqual(21_000);
    expect(sweep?.timesMs['stop to traffic back, as seen on the route']).toBeLessThanOrEqual(61_000);
    expect(lines).toContain('  web-000001: promoting, weight 100 of 100');
    expect(lines.filter((line) => line.includes('rolledBack, for alarm'))).toHaveLength(1);
  });

  it('fail where no event comes of a push and the sweep does not run, and what follows is not played', async () => {
    const push = async () => 'sha256:nobody-pushed-it';
    const [first, ...others] = await play({ push });
    expect(first?.outcome).toBe('failed');
    expect(first?.wrong[0]).toMatch(/^After 180 s there was still not a rollout\. See the console/);
    expect(others.map(({ outcome }) => outcome)).toEqual(['notPlayed', 'notPlayed']);
  });

  it('fail where the alarm does not fire', async () => {
    const [, rollback] = await play({ crossThreshold: async () => undefined });
    expect(rollback?.wrong).toEqual([
      'the alarm is in the state ok when the traffic is back',
      expect.stringMatching(/^the rollout ended succeeded, not rolledBack for alarm/),
      'the image of stable is not the one from before',
    ]);
  });

  it('fail where nobody takes the weight away after the execution was stopped', async () => {
    let stopped = false;
    const [, , sweep] = await play({
      stop: async () => {
        stopped = true;
      },
      route: async () => (stopped ? { stable: 50, canary: 50 } : means.route()),
    });
    expect(sweep?.wrong).toEqual([expect.stringContaining('After 240 s there was still not all traffic on stable.')]);
  });

  it('fail where it takes longer than promised', async () => {
    let stoppedAtMs = Number.POSITIVE_INFINITY;
    const late = () => means.clock.now() - stoppedAtMs < 100_000;
    const [, , sweep] = await play({
      stop: async (executionArn) => {
        await means.stop(executionArn);
        stoppedAtMs = means.clock.now();
      },
      route: async () => (late() && stoppedAtMs < Number.POSITIVE_INFINITY ? { stable: 50, canary: 50 } : means.route()),
    });
    expect(sweep?.outcome).toBe('failed');
    expect(sweep?.wrong).toEqual(['the traffic was back after 100 s, not within 90']);
  });

  it('fail where the rollout ends another way than it should', async () => {
    const dropped = means.push;
    const [push] = await play({
      push: async (image, tag) => {
        const digest = await dropped(image, tag);
        sandbox.cloudWatch.setAlarmState(names.alarm, 'ALARM', 'Somebody set it.');
        return digest;
      },
    });
    expect(push?.outcome).toBe('failed');
    expect(push?.wrong.length).toBeGreaterThan(0);
  });

  it('say why a start was refused, at once', async () => {
    const { connection } = means;
    const [, , sweep] = await play({
      connection: { ...connection, start: ({ rollout, image }) => connection.start({ rollout, image }) },
    });
    expect(sweep?.wrong).toEqual([expect.stringMatching(/^The execution ended \w+ and began no rollout: .*quarantine/)]);
  });

  it('end at Ctrl-C', async () => {
    const controller = new AbortController();
    const results = await play(
      {
        crossThreshold: async () => controller.abort(),
      },
      controller.signal,
    );
    expect(results.map(({ outcome, wrong }) => [outcome, wrong])).toEqual([
      ['passed', []],
      ['failed', ['it was interrupted']],
      ['notPlayed', []],
    ]);
  });
});
