import { expect, it } from 'vitest';
import { requireTools } from './tools.ts';

const asks = (answers: Readonly<Record<string, string>>) => async (command: string) => answers[command];
const others = { python3: 'pip 26.0', ip: 'ip utility' };

it.each(['go1.26.1', 'go1.26.8', 'go1.27', 'go2.0'])('is content with %s', async (version) => {
  await requireTools(asks({ ...others, go: `go version ${version} linux/amd64` }));
});

it.each([
  ['go1.26', 'here is 1.26,'],
  ['go1.26.0', 'here is 1.26.0'],
  ['go1.25.9', 'here is 1.25.9'],
  ['gccgo', 'there is none'],
])('says what to install where Go is %s', async (version, said) => {
  const refused = requireTools(asks({ ...others, go: `go version ${version} linux/amd64` }));
  await expect(refused).rejects.toMatchObject({ name: 'NotFoundError', message: expect.stringContaining(said.replace(',', '')) });
});

it.each([
  ['python3', 'Install Python 3 with pip.'],
  ['ip', 'Install iproute2.'],
])('says what to install where %s is missing', async (command, remedy) => {
  const refused = requireTools(asks({ ...others, go: 'go version go1.26.8 linux/amd64', [command]: undefined } as Record<string, string>));
  await expect(refused).rejects.toMatchObject({ name: 'NotFoundError', remedy });
});
