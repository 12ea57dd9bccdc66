import { describe, expect, it } from 'vitest';
import { parseContext } from '../../stacks/context.ts';
import { namesOf, newId } from './names.ts';
import { parseOptions } from './options.ts';

const needed = ['--cluster', 'shop', '--repository', 'shop/web', '--stable-tag', 'v1', '--canary-tag', 'v2'];

function parse(...argv: string[]) {
  let err = '';
  let out = '';
  const write = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  try {
    return { options: parseOptions(argv, write), err, out };
  } catch {
    return { options: undefined, err, out };
  }
}

describe('the command line of npm run test:aws', () => {
  it('needs a cluster, a repository and two tags, and has a default for the rest', () => {
    expect(parse(...needed).options).toEqual({
      cluster: 'shop',
      repository: 'shop/web',
      stableTag: 'v1',
      canaryTag: 'v2',
      namespacePrefix: 'sluice-test',
      port: 8080,
      keep: false,
      json: false,
      yes: false,
    });
    expect(parse().err).toContain("required option '--cluster <name>' not specified");
  });

  it.each([
    [['--port', '0'], 'It is a number from 1 to 65535.'],
    [['--port', 'http'], 'It is a number from 1 to 65535.'],
    [['--namespace-prefix', 'Sluice'], 'lower-case letters'],
    [['--namespace-prefix', 'a'.repeat(31)], 'at most 30'],
    [['--repository', '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web'], 'without registry and tag'],
    [['--repository', 'shop/web:v1'], 'without registry and tag'],
    [['--claster', 'shop'], "unknown option '--claster'"],
  ])('refuses %j', (more, said) => {
    const { options, err } = parse(...needed, ...more);
    expect(options).toBeUndefined();
    expect(err).toContain(said);
  });

  it('tells in its help what it makes and how it ends', () => {
    const { out } = parse('--help');
    expect(out).toContain('--keep');
    expect(out).toContain('130  interrupted');
  });
});

describe('the names of a run', () => {
  it('fit into the longest prefix that a deployment may have', () => {
    const { prefix } = namesOf(
      'a'.repeat(30),
      newId(() => new Uint8Array([0, 31, 32, 255, 7, 1])),
    );
    expect(prefix).toMatch(/^a{30}-0v0v71$/);
    expect(parseContext({ prefix }).prefix).toBe(prefix);
  });

  it('are all of this run', () => {
    const names = namesOf('sluice-test', 'k3f9a2');
    expect([names.prefix, names.namespace, names.alarm, names.tag('push')]).toEqual([
      'sluice-test-k3f9a2',
      'sluice-test-k3f9a2',
      'sluice-test-k3f9a2-alarm',
      'sluice-test-k3f9a2-push',
    ]);
  });
});
