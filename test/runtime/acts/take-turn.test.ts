import { describe, expect, it } from 'vitest';
import { Turns } from '../../../adapters/store/turns.ts';
import { RolloutRefusedError } from '../../../core/errors.ts';
import type { ExecutionStatus } from '../../../core/ports.ts';
import type { Actor } from '../../../core/rollout/record.ts';
import type { Start } from '../../../runtime/acts/start.ts';
import { takeTurn } from '../../../runtime/acts/take-turn.ts';
import { createMemoryLog } from '../../../sandbox/log.ts';
import { starter, underWay } from '../../adapters/store/rollouts-for-tests.ts';
import { spec, specSource, startMs } from '../../core/rollout/rollout-for-tests.ts';

const push: Actor = { kind: 'push', id: 'v2' };
const person: Actor = { kind: 'person', id: 'console' };

/** A rollout of checkout that was rolled back, because of its image or of something else; and the turn of a later start of the same image. */
async function rolledBack(quarantineWhy?: string) {
  const { store, clock, rollouts, held, record } = await underWay();
  await rollouts.end(held, { phase: 'rolledBack' }, quarantineWhy);
  const notCalled = () => Promise.reject(new Error('nobody was to be asked'));
  const describe = async (): Promise<ExecutionStatus> => ({ status: 'running' });
  const executions = { start: notCalled, describe, stop: notCalled };
  const deps = { store, clock, log: createMemoryLog(), clusters: { open: () => Promise.reject() as never }, executions };
  const stored = { spec: spec(), source: { ...specSource() }, specVersion: 1, appliedAtMs: startMs, retiredAtMs: undefined };
  const turnOf = (actor: Actor, force?: string, digest = record.image.digest) => {
    const image = { ...record.image, digest };
    const start: Start = { stored, image, actor, force, ...starter('second'), executionStartedAtMs: clock.now() };
    return takeTurn(deps, new Turns(store, clock), start);
  };
  return { turnOf, digest: record.image.digest };
}

const why = 'alarm: checkout-errors fired.';

describe('O4: an image that a rollback spoke against', () => {
  it('is ignored where it is pushed again', async () => {
    const { turnOf, digest } = await rolledBack(why);
    expect(await turnOf(push)).toEqual({ outcome: 'ignored', reason: `${digest} is quarantined: ${why}` });
  });

  it('is ignored where the sweep finds it', async () => {
    const { turnOf } = await rolledBack(why);
    expect(await turnOf({ kind: 'sweep', id: 'lost push' })).toMatchObject({ outcome: 'ignored' });
  });

  it('is refused to a person who does not force it, and told how', async () => {
    const { turnOf } = await rolledBack(why);
    const refused = await turnOf(person).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RolloutRefusedError);
    expect(refused).toMatchObject({ message: expect.stringContaining(why), remedy: expect.stringContaining('"force"') });
  });

  it('is rolled out where a named person forces it', async () => {
    const { turnOf } = await rolledBack(why);
    expect(await turnOf(person, 'ada: The database was down.')).toEqual({ outcome: 'free' });
  });

  it('never blocks the next image', async () => {
    const { turnOf } = await rolledBack(why);
    expect(await turnOf(push, undefined, 'sha256:next')).toEqual({ outcome: 'free' });
  });

  it('is free where nothing spoke against the image itself', async () => {
    const { turnOf } = await rolledBack();
    expect(await turnOf(push)).toEqual({ outcome: 'free' });
  });
});
