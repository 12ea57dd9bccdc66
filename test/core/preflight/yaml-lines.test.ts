import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlLines } from '../../../core/preflight/yaml-lines.ts';

it('writes what a parser of YAML reads as it was', () => {
  const value = {
    spec: {
      ignoreDifferences: [{ group: 'networking.istio.io', kind: 'VirtualService', jsonPointers: ['/spec/http', '/spec/tcp'] }],
      selector: { matchLabels: { 'app.kubernetes.io/name': 'checkout', version: '1.0', on: 'true', note: 'a: b' } },
      syncOptions: ['RespectIgnoreDifferences=true'],
      port: 80,
      strict: true,
    },
  };
  expect(parse(yamlLines(value))).toEqual(value);
});

it('indents by two spaces', () => {
  expect(yamlLines({ spec: { hosts: ['a b', 'c'] } })).toBe('spec:\n  hosts:\n    - "a b"\n    - c');
});
