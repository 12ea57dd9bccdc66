import { describe, expect, it } from 'vitest';
import { executionStatusChangeEvent } from '../../../core/spec/events.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { EventBus } from '../../../sandbox/eventbridge/event-bus.ts';
import { Engine } from '../../../sandbox/step-functions/engine.ts';

/** Everything that the engine tells while one rollout runs, whose Begin does what is given. */
async function toldBy(begin: () => Promise<unknown>, whileRunning: (engine: Engine, arn: string) => Promise<void> = async () => undefined) {
  const clock = new VirtualClock();
  const bus = new EventBus({ clock });
  const Abort = async () => ({ outcome: 'refused', error: 'InvalidInputError', why: 'no such rollout' });
  const engine = new Engine({ clock, bus, handlers: { Begin: begin, Abort } });
  await engine.start('rollout', 'push-1', { rollout: 'checkout' });
  const arn = engine.arnOf('rollout', 'push-1');
  await whileRunning(engine, arn);
  await engine.untilEnded(arn);
  return bus.puts.map(({ event }) => executionStatusChangeEvent.parse(event).detail);
}

describe('what Step Functions tells of an execution', () => {
  it('is its beginning and its end, with input and output as text', async () => {
    const [began, ended, ...more] = await toldBy(async () => ({ outcome: 'ignored', reason: 'Stable runs it already.' }));
    expect(more).toEqual([]);
    expect(began).toMatchObject({
      executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:sluice-rollout:push-1',
      stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:sluice-rollout',
      name: 'push-1',
      status: 'RUNNING',
      stopDate: null,
      input: '{"rollout":"checkout"}',
      output: null,
    });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', stopDate: expect.any(Number), output: expect.stringContaining('already') });
  });

  it('has the error and the cause of one that failed', async () => {
    const told = await toldBy(() => Promise.reject(Object.assign(new Error('no such rollout'), { name: 'InvalidInputError' })));
    expect(told.at(-1)).toMatchObject({ status: 'FAILED', error: 'InvalidInputError', cause: 'no such rollout', output: null });
  });

  it('says that one was stopped', async () => {
    const told = await toldBy(
      () => new Promise(() => undefined),
      (engine, arn) => engine.stop(arn, 'Stopped in the console.'),
    );
    expect(told.at(-1)).toMatchObject({ status: 'ABORTED', cause: 'Stopped in the console.' });
  });
});
