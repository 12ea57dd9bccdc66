import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { EventBus, type EventBusOptions, type Target } from '../../../sandbox/eventbridge/event-bus.ts';

const startMs = Date.UTC(2026, 0, 5, 3, 0, 0, 250);
const push = { source: 'aws.ecr', detailType: 'ECR Image Action', detail: { 'image-tag': 'v2' } };
const anyPush = { source: ['aws.ecr'] };

function setUp(options: Partial<EventBusOptions> = {}) {
  const clock = new VirtualClock({ startMs });
  const bus = new EventBus({ clock, ...options });
  return { clock, bus };
}

/** A target that notes what it gets and when, and throws as often as it is told to. */
function recorder(clock: VirtualClock, { id = 'target', failures = 0, ...input }: Partial<Target> & { failures?: number } = {}) {
  const got: { payload: unknown; afterMs: number }[] = [];
  let left = failures;
  const target: Target = {
    ...input,
    id,
    deliver: async (payload) => {
      got.push({ payload, afterMs: clock.now() - startMs });
      left -= 1;
      if (left >= 0) throw new Error('not now');
    },
  };
  return { got, target };
}

describe('EventBus', () => {
  it('fills in what the sender leaves out', () => {
    const { bus } = setUp();
    const [event] = bus.putEvents([push]);
    expect(event).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      'detail-type': 'ECR Image Action',
      source: 'aws.ecr',
      account: '111122223333',
      time: '2026-01-05T03:00:00Z',
      region: 'eu-west-1',
      resources: [],
      detail: { 'image-tag': 'v2' },
    });
  });

  it('gives each event an id of its own, and the same ids in each run', () => {
    const idsOf = () =>
      setUp()
        .bus.putEvents([push, push])
        .map((event) => event.id);
    const [first, second] = idsOf();
    expect(first).not.toBe(second);
    expect(idsOf()).toEqual([first, second]);
  });

  it('delivers a matching event to each target of each rule that matches, after 50 ms', async () => {
    const { clock, bus } = setUp();
    const [one, two, other] = [recorder(clock, { id: 'one' }), recorder(clock, { id: 'two' }), recorder(clock)];
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [one.target, two.target] });
    bus.putRule({ name: 'alarms', pattern: { source: ['aws.cloudwatch'] }, targets: [other.target] });
    const [event] = bus.putEvents([push]);
    expect(one.got).toEqual([]);
    await clock.sleep(60);
    expect(one.got).toEqual([{ payload: event, afterMs: 50 }]);
    expect(two.got).toEqual(one.got);
    expect(other.got).toEqual([]);
    expect(bus.puts).toEqual([{ event, atMs: startMs, matchedRules: ['pushes'], fault: undefined }]);
    expect(bus.deliveries.map(({ rule, targetId, attempt, error }) => ({ rule, targetId, attempt, error }))).toEqual([
      { rule: 'pushes', targetId: 'one', attempt: 1, error: undefined },
      { rule: 'pushes', targetId: 'two', attempt: 1, error: undefined },
    ]);
  });

  it('gives each target a copy, so that none can change what the other gets', async () => {
    const { clock, bus } = setUp({ deliveryMs: 5 });
    const second = recorder(clock, { id: 'second' });
    const vandal: Target = { id: 'first', deliver: (payload) => void Object.assign(payload as object, { detail: 'gone' }) };
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [vandal, second.target] });
    bus.putEvents([push]);
    await clock.sleep(10);
    expect(second.got[0]?.payload).toMatchObject({ detail: push.detail });
  });

  it('tries a target that throws again, waiting twice as long each time', async () => {
    const { clock, bus } = setUp();
    const { got, target } = recorder(clock, { failures: 3 });
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [target] });
    bus.putEvents([push]);
    await clock.sleep(60_000);
    expect(got.map(({ afterMs }) => afterMs)).toEqual([50, 1_050, 3_050, 7_050]);
    expect(bus.deliveries.map(({ error }) => error)).toEqual(['Error: not now', 'Error: not now', 'Error: not now', undefined]);
    expect(bus.deadLetters).toEqual([]);
  });

  it('gives up after the last retry, and keeps the event as a dead letter', async () => {
    const { clock, bus } = setUp({ retry: { maximumRetryAttempts: 2, firstDelayMs: 100, longestDelayMs: 150 } });
    const { got, target } = recorder(clock, { failures: 9 });
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [target] });
    const [event] = bus.putEvents([push]);
    await clock.sleep(60_000);
    expect(got.map(({ afterMs }) => afterMs)).toEqual([50, 150, 300]);
    expect(bus.deadLetters).toEqual([
      {
        event,
        rule: 'pushes',
        targetId: 'target',
        attempt: 3,
        startedAtMs: startMs + 300,
        endedAtMs: startMs + 300,
        error: 'Error: not now',
      },
    ]);
  });

  it('replaces a rule of the same name, and forgets one that is removed', async () => {
    const { clock, bus } = setUp();
    const [old, young] = [recorder(clock), recorder(clock)];
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [old.target] });
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [young.target] });
    bus.putEvents([push]);
    bus.removeRule('pushes');
    bus.putEvents([push]);
    await clock.sleep(1_000);
    expect([old.got.length, young.got.length]).toEqual([0, 1]);
  });

  it.each([
    ['a bad pattern', { pattern: { source: 'aws.ecr' }, targets: [] }, /source must be/],
    [
      'target ids that repeat',
      {
        pattern: anyPush,
        targets: [
          { id: 'a', deliver() {} },
          { id: 'a', deliver() {} },
        ],
      },
      /same id/,
    ],
  ])('refuses a rule with %s', (_, rule, message) => {
    const { bus } = setUp();
    expect(() => bus.putRule({ name: 'bad', ...rule })).toThrow(InvalidInputError);
    expect(() => bus.putRule({ name: 'bad', ...rule })).toThrow(message);
  });
});

describe('a fault', () => {
  it('drops the next event that matches, and no other', async () => {
    const { clock, bus } = setUp();
    const { got, target } = recorder(clock, { inputPath: '$.detail.image-tag' });
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [target] });
    bus.injectFault({ kind: 'drop', pattern: { detail: { 'image-tag': ['v3'] } } });
    bus.putEvents(['v2', 'v3', 'v3'].map((tag) => ({ ...push, detail: { 'image-tag': tag } })));
    await clock.sleep(1_000);
    expect(got.map(({ payload }) => payload)).toEqual(['v2', 'v3']);
    expect(bus.puts.map(({ fault }) => fault)).toEqual([undefined, 'drop', undefined]);
  });

  it('delivers an event several times, always with the same id', async () => {
    const { clock, bus } = setUp();
    const { got, target } = recorder(clock, { inputPath: '$.id' });
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [target] });
    bus.injectFault({ kind: 'duplicate', pattern: anyPush, times: 3 });
    const [event] = bus.putEvents([push]);
    await clock.sleep(1_000);
    expect(got.map(({ payload }) => payload)).toEqual([event?.id, event?.id, event?.id]);
  });

  it('delays an event behind one that was put after it', async () => {
    const { clock, bus } = setUp();
    const { got, target } = recorder(clock, { inputPath: '$.detail.image-tag' });
    bus.putRule({ name: 'pushes', pattern: anyPush, targets: [target] });
    bus.injectFault({ kind: 'delay', pattern: anyPush, delayMs: 900 });
    bus.putEvents([push, { ...push, detail: { 'image-tag': 'v3' } }]);
    await clock.sleep(1_000);
    expect(got).toEqual([
      { payload: 'v3', afterMs: 50 },
      { payload: 'v2', afterMs: 950 },
    ]);
  });
});

describe('schedule', () => {
  it('calls its target at each interval with the event of EventBridge Scheduler, until it is ended', async () => {
    const { clock, bus } = setUp();
    const { got, target } = recorder(clock, { id: 'sweep' });
    const end = bus.schedule(60_000, target);
    await clock.sleep(180_001);
    end();
    await clock.sleep(600_000);
    expect(got.map(({ afterMs }) => afterMs)).toEqual([60_000, 120_000, 180_000]);
    expect(got[0]?.payload).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      time: '2026-01-05T03:01:00Z',
      resources: ['arn:aws:scheduler:eu-west-1:111122223333:schedule/default/sweep'],
    });
    expect(bus.deliveries.map(({ rule }) => rule)).toEqual(['schedule/sweep', 'schedule/sweep', 'schedule/sweep']);
  });

  it("gives the target's own input, and retries it as any other", async () => {
    const { clock, bus } = setUp();
    const { got, target } = recorder(clock, { input: { kind: 'sweep' }, failures: 1 });
    bus.schedule(60_000, target);
    await clock.sleep(61_001);
    clock.stop();
    expect(got).toEqual([
      { payload: { kind: 'sweep' }, afterMs: 60_000 },
      { payload: { kind: 'sweep' }, afterMs: 61_000 },
    ]);
  });
});
