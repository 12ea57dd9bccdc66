import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { NotFoundError } from '../../../core/errors.ts';
import { chooseEngine, type Works } from './choose-engine.ts';
import { pythonCandidates } from './python-candidates.ts';

const home = mkdtempSync(join(tmpdir(), 'sluice-home-'));
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A machine on which just these programs end well. */
const machineWith =
  (...programs: string[]): Works =>
  async (command) =>
    programs.includes(command);

describe('LocalStack runs', () => {
  it('at the given endpoint, before all, and asks for no program', async () => {
    const works: Works = () => Promise.reject(new Error('nothing was to be asked'));
    expect(await chooseEngine({ LOCALSTACK_ENDPOINT: 'http://127.0.0.1:4566/' }, works)).toEqual({
      engine: 'given',
      endpoint: 'http://127.0.0.1:4566',
    });
  });

  it('in Docker where its server answers', async () => {
    expect(await chooseEngine({ HOME: home }, machineWith('docker', 'python3.13'))).toEqual({ engine: 'docker' });
  });

  it('on Python 3.13 where Docker does not answer', async () => {
    expect(await chooseEngine({ HOME: home }, machineWith('python3.13'))).toEqual({ engine: 'python', python: 'python3.13' });
  });

  it('on a python3 that is a 3.13', async () => {
    expect(await chooseEngine({ HOME: home }, machineWith('python3'))).toEqual({ engine: 'python', python: 'python3' });
  });

  it('nowhere else, and says what to install', async () => {
    const choice = chooseEngine({ HOME: home }, machineWith());
    await expect(choice).rejects.toThrow(NotFoundError);
    await expect(choice).rejects.toThrow(/Python 3\.13.*Docker.*LOCALSTACK_ENDPOINT/s);
  });

  it('asks Docker for its server, since the client alone runs nothing', async () => {
    const asked: string[] = [];
    const works: Works = async (command, args) => asked.push([command, ...args].join(' ')) > 1;
    await chooseEngine({ HOME: home }, works);
    expect(asked[0]).toBe('docker version --format {{.Server.Version}}');
  });
});

describe('a Python is looked for', () => {
  it('in all of pyenv’s 3.13s, the newest first, and in no other version', () => {
    for (const name of ['3.12.9', '3.13.2', '3.13.10', '3.13-dev', '3.14.0'])
      mkdirSync(join(home, '.pyenv/versions', name), { recursive: true });
    expect(pythonCandidates({ HOME: home })).toEqual([
      'python3.13',
      join(home, '.local/bin/python3.13'),
      join(home, '.pyenv/versions/3.13.10/bin/python3.13'),
      join(home, '.pyenv/versions/3.13.2/bin/python3.13'),
      'python3',
    ]);
  });

  it('where PYENV_ROOT says', () => {
    const root = join(home, 'elsewhere');
    mkdirSync(join(root, 'versions/3.13.1'), { recursive: true });
    expect(pythonCandidates({ HOME: home, PYENV_ROOT: root })).toContain(join(root, 'versions/3.13.1/bin/python3.13'));
  });
});
