import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { withRouter } from './spec-text.ts';

function problemsOf(by: string, regex: string) {
  const text = `  kind: istio\n  routes:\n    - virtualService: checkout\n  match:\n    - ${by}: { name: x-beta, regex: ${JSON.stringify(regex)} }\n`;
  const parsed = parseSpec(withRouter(text), 'rollouts/checkout.yaml');
  return parsed.ok ? [] : parsed.problems.map(({ code, path, hint }) => ({ code, path, hint }));
}

describe('lint refuses a regular expression that no proxy takes', () => {
  it.each([
    ['(?=beta).*', 'looks ahead'],
    ['(?!beta).*', 'looks ahead'],
    ['.*(?<=beta)', 'looks ahead or behind'],
    ['(a)b\\1', 'refers back'],
    ['(?<name>a)\\k<name>', 'refers back'],
    ['a)|(b', 'Unmatched'],
    ['(a', 'Unterminated group'],
    ['[a', 'Unterminated character class'],
    ['*', 'Nothing to repeat'],
  ])('such as %s', (regex, hint) => {
    for (const by of ['header', 'cookie', 'query']) {
      expect(problemsOf(by, regex)).toEqual([
        { code: 'wrongFormat', path: `router.match[0].${by}.regex`, hint: expect.stringContaining(hint) },
      ]);
    }
  });

  it.each([
    'a|ab',
    '(?i)beta-[0-9]+',
    '(?i:beta)x',
    '(?:a|b)+?',
    '(?::a)',
    '(?P<name>a)',
    '(?<name>a)',
    '[(?=!]x',
    '\\(?=a',
    '\\\\1',
    '[[:alpha:]]{2,3}',
    '\\pL\\d\\w',
    '^a$',
  ])('and takes %s', (regex) => {
    expect(problemsOf('header', regex)).toEqual([]);
  });
});
