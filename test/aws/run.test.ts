import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { NotFoundError } from '../../core/errors.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { Account } from './account.ts';
import type { Means } from './means.ts';
import { namesOf } from './names.ts';
import { type AwsTestIo, run } from './run.ts';
import { sandboxMeans, sandboxService } from './sandbox-means.ts';

const id = 'abc234';
const names = namesOf('sluice-test', id);
const needed = ['--cluster', 'shop', '--repository', 'shop/web', '--stable-tag', 'v1', '--canary-tag', 'v2'];

let sandbox: Sandbox;
let out: string;
let err: string;
let removed: string[];
let interrupted: AbortController;
let hurry: AbortController;

beforeEach(async () => {
  sandbox = await startSandbox({ clock: new VirtualClock(), services: [sandboxService(names)] });
  [out, err, removed] = ['', '', []];
  [interrupted, hurry] = [new AbortController(), new AbortController()];
});

afterEach(() => sandbox.close());

interface Play {
  readonly io?: Partial<AwsTestIo>;
  readonly checks?: Account['checks'];
  /** Changes what the stories have. */
  readonly means?: (means: Means) => Partial<Means>;
  /** By what is made. */
  readonly makeFails?: string;
  readonly removal?: Readonly<Record<string, () => Promise<void>>>;
}

/** Runs the program against an account in which an alarm and a stack are made; what the stories move is the sandbox. */
async function play(more: readonly string[], { io, checks = [], means = () => ({}), makeFails, removal = {} }: Play = {}) {
  const account: Account = {
    clock: sandbox.clock,
    checks,
    async make(remains) {
      const plain = await sandboxMeans(sandbox, names);
      for (const what of ['the alarm', 'the stack']) {
        const remove = removal[what] ?? (async () => void removed.push(what));
        remains.add({ what, byHand: [`aws remove ${what}`], remove });
        if (what === makeFails) throw new NotFoundError(`${what} could not be made.`, { remedy: 'Ask for the right to.' });
      }
      return { ...plain, ...means(plain) };
    },
  };
  const code = await run(
    [...needed, ...more],
    {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      terminal: true,
      ask: async () => 'n',
      interrupted: interrupted.signal,
      hurry: hurry.signal,
      newId: () => id,
      ...io,
    },
    async () => account,
  );
  return code;
}

describe('npm run test:aws', () => {
  it('plays all, removes what it made in reverse, and counts', async () => {
    expect(await play(['--yes'])).toBe(0);
    expect(removed).toEqual(['the stack', 'the alarm']);
    expect(out).toMatch(/\nNothing is left\.\n\n3 passed, 0 failed\n$/);
    expect(out).toContain('passed  rollback: An alarm that fires');
    expect(out).toMatch(/ {4}alarm to traffic back, as seen on the route +0\.\d s/);
  });

  it('says first what it will make, what it costs and what it will remove, and asks', async () => {
    let question = '';
    const ask = async (text: string) => {
      question = text;
      return 'no';
    };
    expect(await play([], { io: { ask } })).toBe(0);
    expect(question).toBe('Go on? [y/N] ');
    for (const part of ['It will make:', names.alarm, names.tag('rollback'), 'less than 0.10 USD', 'It will remove', 'Nothing was made.']) {
      expect(out).toContain(part);
    }
    expect(sandbox.engine.executions).toEqual([]);
    expect(await play([], { io: { ask: async () => 'yes' } })).toBe(0);
    expect(out).toContain('3 passed');
  });

  it('refuses where nobody can be asked and nobody said yes', async () => {
    expect(await play([], { io: { terminal: false } })).toBe(2);
    expect(out).toContain('Give --yes');
    expect(await play(['--yes'], { io: { terminal: false } })).toBe(0);
  });

  it('makes nothing where something is missing, and says all that is', async () => {
    const missing = (what: string) => async () => {
      throw new NotFoundError(`There is no ${what}.`, { remedy: `Make a ${what}.` });
    };
    const checks = [
      { name: 'account', look: async () => '111122223333' },
      { name: 'cluster', look: missing('cluster') },
      { name: 'images', look: missing('image') },
    ];
    expect(await play(['--yes'], { checks })).toBe(3);
    expect(out).toContain('ok       account  111122223333\n');
    expect(out).toContain('MISSING  cluster  There is no cluster.\n                  Make a cluster.\n');
    expect(out).toContain('Make a image.');
    expect(out).toMatch(/nothing was made\.\n$/);
    expect(removed).toEqual([]);
  });

  it('removes a half-made thing and what was made before it', async () => {
    expect(await play(['--yes'], { makeFails: 'the alarm' })).toBe(1);
    expect(removed).toEqual(['the alarm']);
    expect(out).toContain('the alarm could not be made. Ask for the right to.');
    expect(out).toContain('0 passed, 3 failed');
  });

  it('removes all after a story that failed', async () => {
    expect(await play(['--yes'], { means: () => ({ crossThreshold: async () => undefined }) })).toBe(1);
    expect(removed).toEqual(['the stack', 'the alarm']);
    expect(out).toContain('FAILED  rollback');
    expect(out).toContain('not played  sweep');
    expect(out).toContain('1 passed, 2 failed');
  });

  it('says what it could not remove, why, and how it is done by hand; the rest is removed', async () => {
    const stack = async () => {
      throw new NotFoundError('It does not let go.', { remedy: 'Wait.' });
    };
    expect(await play(['--yes'], { removal: { 'the stack': stack } })).toBe(1);
    expect(removed).toEqual(['the alarm']);
    expect(out).toContain(
      'Left to be removed by hand, in this order:\n  # the stack: It does not let go. Wait.\n  aws remove the stack\n\n3 passed',
    );
  });

  it('leaves it with --keep, and says how it is removed', async () => {
    expect(await play(['--yes', '--keep'])).toBe(0);
    expect(removed).toEqual([]);
    expect(out).toContain('  # the stack\n  aws remove the stack\n  # the alarm\n  aws remove the alarm\n');
  });

  it('prints one JSON document with --json, and its progress elsewhere', async () => {
    expect(await play(['--yes', '--json'])).toBe(0);
    expect(err).toContain('web-000001 has begun');
    expect(JSON.parse(out)).toMatchObject({
      prefix: names.prefix,
      passed: 3,
      failed: 0,
      left: [],
      stories: [{ name: 'push', outcome: 'passed' }, { name: 'rollback' }, { name: 'sweep' }],
    });
    const { stories } = z.object({ stories: z.array(z.object({ timesMs: z.record(z.string(), z.number()) })) }).parse(JSON.parse(out));
    expect(Object.keys(stories[1]?.timesMs ?? {})).toHaveLength(3);
  });

  it('removes all at the first Ctrl-C', async () => {
    expect(await play(['--yes'], { means: () => ({ crossThreshold: async () => interrupted.abort() }) })).toBe(130);
    expect(removed).toEqual(['the stack', 'the alarm']);
    expect(out).toContain('    it was interrupted\n');
  });

  it('ends at once at the second Ctrl-C, also while it removes, and says what is left', async () => {
    const stack = () => {
      hurry.abort();
      return new Promise<void>(() => undefined);
    };
    const means = () => ({ crossThreshold: async () => interrupted.abort() });
    expect(await play(['--yes'], { means, removal: { 'the stack': stack } })).toBe(130);
    expect(removed).toEqual([]);
    expect(out).toMatch(
      /Ended at once\. Left to be removed by hand, in this order:\n {2}# the stack\n {2}aws remove the stack\n {2}# the alarm\n {2}aws remove the alarm\n$/,
    );
  });

  it('ends with the usage for what it does not understand', async () => {
    expect(await play(['--port', 'x'])).toBe(2);
    expect(err).toContain('See `npm run test:aws -- --help`.');
    expect(await play(['--help'])).toBe(0);
  });
});
