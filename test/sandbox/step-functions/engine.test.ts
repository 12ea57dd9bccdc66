import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import { Engine } from '../../../sandbox/step-functions/engine.ts';

type Definition = NonNullable<Parameters<Engine['deploy']>[0]['rollout']>;

/** Waits a minute, then calls a function under that name. */
const waiting = (task: string): Definition => ({
  StartAt: 'Note',
  States: {
    Note: { Type: 'Pass', Parameters: { 'startedAt.$': '$$.Execution.StartTime' }, Next: 'Wait' },
    Wait: { Type: 'Wait', Seconds: 60, Next: task },
    [task]: { Type: 'Task', Resource: 'arn:aws:lambda:eu-west-1:111122223333:function:any', End: true },
  },
});

function engineWith(task: string, output: unknown) {
  const clock = new VirtualClock();
  const engine = new Engine({ clock, bus: new EventBus({ clock }), handlers: {} });
  engine.deploy({ rollout: waiting(task) }, { [task]: async () => output });
  return { clock, engine };
}

describe('executions on the sandbox', () => {
  it('O6: go on by the definition and the functions that they began with, whatever is deployed meanwhile', async () => {
    const { clock, engine } = engineWith('Before', 'old');
    await engine.start('rollout', 'first', {});
    await clock.sleep(1000);
    engine.deploy({ rollout: waiting('After') }, { Before: async () => 'new', After: async () => 'new' });
    await engine.start('rollout', 'second', {});
    const ended = await Promise.all(['first', 'second'].map((name) => engine.untilEnded(engine.arnOf('rollout', name))));
    expect(ended.map(({ states, output }) => [states.at(-1)?.state, output])).toEqual([
      ['Before', 'old'],
      ['After', 'new'],
    ]);
  });

  it('began when the clock of the sandbox says so', async () => {
    const { clock, engine } = engineWith('Before', 'done');
    await clock.sleep(90_000);
    const inputs: unknown[] = [];
    engine.deploy({ rollout: waiting('Before') }, { Before: async (input) => void inputs.push(input) });
    const atMs = clock.now();
    await engine.start('rollout', 'first', {});
    await engine.untilEnded(engine.arnOf('rollout', 'first'));
    expect(inputs).toEqual([{ startedAt: new Date(atMs).toISOString() }]);
  });
});
