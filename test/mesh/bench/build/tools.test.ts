import { expect, it } from 'vitest';
import { requireTools, whyNotThisGo } from './tools.ts';

it.each(['go1.26.1', 'go1.26.8', 'go1.27', 'go2.0'])('is content with %s', (version) => {
  expect(whyNotThisGo(`go version ${version} linux/amd64`)).toBeUndefined();
});

it.each([
  ['go version go1.26 linux/amd64', 'here is 1.26.'],
  ['go version go1.26.0 linux/amd64', 'here is 1.26.0.'],
  ['go version go1.25.9 linux/amd64', 'here is 1.25.9.'],
  ['gccgo', 'there is none.'],
  [undefined, 'there is none.'],
])('says why a Go that answers %j does not do', (answer, said) => {
  expect(whyNotThisGo(answer)).toContain(said);
});

it.each([
  ['python3', 'Install Python 3 with pip.'],
  ['ip', 'Install iproute2.'],
])('says what to install where %s is missing', async (command, remedy) => {
  const here: Record<string, string> = { python3: 'pip 26.0', ip: 'ip utility' };
  const refused = requireTools(async (asked) => (asked === command ? undefined : here[asked]));
  await expect(refused).rejects.toMatchObject({ name: 'NotFoundError', remedy });
});
