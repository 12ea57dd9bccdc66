import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demo } from '../../../cli/demo/main.ts';
import { demoReport } from '../../../cli/demo/report.ts';
import { exposureMs, reactionMs } from '../../../cli/demo/state.ts';
import type { Theatre } from '../../../cli/demo/theatre.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { theatre } from '../../scenarios/theatre.ts';

async function run(args: string[], on: { theatre?: Theatre; isTTY?: boolean; env?: Record<string, string> } = {}) {
  let [out, errors] = ['', ''];
  const code = await demo(args, on.theatre ?? theatre, {
    output: { write: (text) => (out += text), isTTY: on.isTTY ?? false, columns: 80, rows: 24 },
    errors: { write: (text) => (errors += text) },
    env: on.env ?? {},
    clock: () => new VirtualClock(),
    onInterrupt: () => undefined,
  });
  return { code, out, errors };
}

/** Plays nothing, and says what came of it. */
const idle = (differences: readonly string[]): Theatre => ({ ...theatre, play: async () => differences });

describe('the demo', () => {
  it('promotes a healthy image, undoes a bad one by its alarm, and writes down what was seen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'demo-'));
    try {
      const json = join(folder, 'report.json');
      const { code, out } = await run(['--json', json]);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('v2 is promoted: it is stable now.') });
      expect(out).toContain('v3 is quarantined');
      const { outcome, scenarios } = demoReport.parse(JSON.parse(await readFile(json, 'utf8')));
      expect(outcome).toBe('asStated');
      const [healthy, bad] = scenarios.map(({ rollouts }) => rollouts[0]);
      expect(healthy).toMatchObject({ phase: 'succeeded', tag: 'v2', quarantined: false });
      expect(bad).toMatchObject({ phase: 'rolledBack', reason: 'alarm', tag: 'v3', quarantined: true });
      expect(healthy?.firstBadAnswerAtMs).toBeUndefined();
      expect(healthy?.shares.some(({ set, measured }) => set === 0.5 && Math.abs((measured ?? 0) - 0.5) < 0.05)).toBe(true);
      expect(bad?.shares.at(-1)?.set).toBe(0);
      expect(bad?.shares.at(-1)?.measured).toBeLessThan(0.05);
      expect(bad === undefined ? undefined : reactionMs(bad)).toBeLessThan(1000);
      expect(bad === undefined ? undefined : exposureMs(bad)).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('names an outcome that is not as its scenario states, and fails', async () => {
    const { code, errors } = await run(['--scenario', 'demo-alarm'], { theatre: idle(['phase: failed']) });
    expect({ code, errors }).toEqual({ code: 1, errors: 'demo-alarm did not end as it states:\n  phase: failed\n' });
  });

  it('lists the scenarios', async () => {
    const { code, out } = await run(['--list']);
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line !== '')).toHaveLength(theatre.scenarios.length);
    expect(out).toContain('A healthy image is raised to full weight and promoted (T1, T8, J6)');
  });

  it('refuses a wrong argument before anything starts', async () => {
    expect(await run(['--scenario', 'demo-alram'])).toMatchObject({ code: 2, out: '', errors: expect.stringContaining('demo-alarm') });
    expect(await run(['--json', '/no/such/folder/a.json'])).toMatchObject({ code: 2, errors: expect.stringContaining('does not exist') });
    expect(await run(['--json', tmpdir()])).toMatchObject({ code: 2, out: '', errors: `error: --json ${tmpdir()}: it is a folder.\n` });
  });

  it('draws over itself on a terminal, and gives it back', async () => {
    const { out } = await run(['--scenario', 'demo-alarm'], { theatre: idle([]), isTTY: true });
    expect(out.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true);
    expect(out.indexOf('\u001b[?25h\u001b[?1049l')).toBeGreaterThan(out.indexOf('demo-alarm'));
  });

  it.each([
    ['--plain', ['--plain'], { FORCE_COLOR: '1' }],
    ['a build server', [], { CI: 'true', NO_COLOR: '1' }],
  ])('moves no cursor and uses no colour with %s, also on a terminal', async (_, args, env) => {
    const { out } = await run(['--scenario', 'demo-alarm', ...args], { theatre: idle([]), isTTY: true, env });
    expect(out).not.toContain('\u001b');
    expect(out).toContain('The outcome is as the scenario states.');
  });
});
