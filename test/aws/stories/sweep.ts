import type { Story } from '../stage.ts';

/** Without data the alarm is fine again after its period, judged every ten seconds. */
const alarmOkSeconds = 300;
const beginSeconds = 120;
const readySeconds = 420;
/** The minute until the next sweep, its run, and room for what AWS's scheduler takes. */
const sweepSeconds = 90;
const patienceSeconds = 240;
const lookEveryMs = 500;

export const sweepStory: Story = {
  name: 'sweep',
  title: 'An execution that is stopped in the middle of a bake leaves all traffic on stable',
  play: async (stage) => {
    const { means, names } = stage;
    stage.tell('  waiting for the alarm to be fine again');
    await stage.until('an alarm that is fine', alarmOkSeconds, async () => ((await means.alarm()).state === 'ok' ? true : undefined));
    const before = await stage.rolloutIds();
    const stableImage = await means.stableImage();
    // The story before it has put this image into quarantine.
    const { executionArn } = await means.connection.start({
      rollout: names.service,
      image: names.tag('rollback'),
      force: 'npm run test:aws tries what happens to a rollout whose execution is stopped.',
    });
    stage.tell(`  started ${executionArn}`);
    const { rolloutId } = await stage.untilBegun(before, beginSeconds, executionArn);
    await stage.untilBaking(rolloutId, readySeconds);
    await means.stop(executionArn);
    const stoppedAtMs = means.clock.now();
    stage.tell('  stopped the execution');
    const onStable = async () => ((await means.route()).canary === 0 ? means.clock.now() : undefined);
    const backAtMs = await stage.until('all traffic on stable', patienceSeconds, onStable, lookEveryMs);
    const tookMs = backAtMs - stoppedAtMs;
    stage.timesMs['stop to traffic back, as seen on the route'] = tookMs;
    stage.expect(tookMs <= sweepSeconds * 1000, `the traffic was back after ${Math.round(tookMs / 1000)} s, not within ${sweepSeconds}`);
    const ended = await stage.untilEnded(rolloutId, patienceSeconds);
    stage.expectEnd(ended, { phase: 'rolledBack', rollbackReason: 'abort' });
    stage.expect((await means.stableImage()) === stableImage, 'the image of stable is not the one from before');
    await stage.expectAllOnStable();
  },
};
