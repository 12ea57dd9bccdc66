import type { Stage, Story } from '../stage.ts';

const beginSeconds = 180;
const readySeconds = 420;
/** The alarm judges periods of ten seconds, every ten seconds. */
const alarmSeconds = 180;
const dataEveryMs = 10_000;
const lookEveryMs = 250;
const endSeconds = 300;

export const rollbackStory: Story = {
  name: 'rollback',
  title: 'An alarm that fires in the middle of a bake takes the canary back',
  play: async (stage) => {
    const { means, names } = stage;
    const before = await stage.rolloutIds();
    const stableImage = await means.stableImage();
    const tag = names.tag('rollback');
    stage.ids['digest'] = await means.push('stable', tag);
    stage.tell(`  pushed the image that ran first as ${tag}`);
    const { rolloutId } = await stage.untilBegun(before, beginSeconds);
    await stage.untilBaking(rolloutId, readySeconds);
    await crossUntilBack(stage, rolloutId);
    const ended = await stage.untilEnded(rolloutId, endSeconds);
    stage.expectEnd(ended, { phase: 'rolledBack', rollbackReason: 'alarm' });
    stage.expect((await means.stableImage()) === stableImage, 'the image of stable is not the one from before');
    await stage.expectAllOnStable();
  },
};

/**
 * Puts data beyond the threshold until the route is back. The first value may fall into a period that was judged already, so it is put
 * again while the alarm is silent.
 */
async function crossUntilBack(stage: Stage, rolloutId: string): Promise<void> {
  const { means } = stage;
  const crossedAtMs = means.clock.now();
  let putAtMs = Number.NEGATIVE_INFINITY;
  stage.tell("  putting metric data beyond the alarm's threshold");
  const backAtMs = await stage.until(
    'all traffic on stable',
    alarmSeconds,
    async () => {
      if (means.clock.now() - putAtMs >= dataEveryMs) {
        putAtMs = means.clock.now();
        await means.crossThreshold();
      }
      return (await means.route()).canary === 0 ? means.clock.now() : undefined;
    },
    lookEveryMs,
  );
  stage.timesMs['metric data to traffic back, as seen on the route'] = backAtMs - crossedAtMs;
  const { state, sinceMs } = await means.alarm();
  stage.expect(state === 'alarm', `the alarm is in the state ${state} when the traffic is back`);
  if (state !== 'alarm' || sinceMs === undefined) return;
  stage.timesMs['alarm to traffic back, as seen on the route'] = backAtMs - sinceMs;
  const restoredAtMs = await stage.until('a line in the history that the traffic is restored', 60, () =>
    stage.historyAtMs(rolloutId, 'trafficRestored'),
  );
  stage.timesMs['alarm to traffic restored and read back, as recorded'] = restoredAtMs - sinceMs;
}
