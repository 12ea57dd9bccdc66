import type { Story } from '../stage.ts';

/** An event takes seconds; one that got lost is found by the sweep, which runs once a minute. */
const beginSeconds = 180;
/** Two minutes and twenty seconds of bakes, pods that start three times, and their draining. */
const rolloutSeconds = 900;

export const pushStory: Story = {
  name: 'push',
  title: 'A pushed image becomes the stable one',
  play: async (stage) => {
    const { means, names } = stage;
    const before = await stage.rolloutIds();
    const tag = names.tag('push');
    const pushedAtMs = means.clock.now();
    const digest = await means.push('canary', tag);
    stage.ids['digest'] = digest;
    stage.tell(`  pushed the canary's image as ${tag}`);
    const { rolloutId, actor, startedAtMs } = await stage.untilBegun(before, beginSeconds);
    stage.timesMs['push to rollout'] = startedAtMs - pushedAtMs;
    stage.expect(actor.kind === 'push', `the rollout was begun by ${actor.kind}, not by the push`);
    const ended = await stage.untilEnded(rolloutId, rolloutSeconds);
    stage.timesMs['rollout'] = (ended.endedAtMs ?? means.clock.now()) - startedAtMs;
    stage.expectEnd(ended, { phase: 'succeeded' });
    await stage.expectStableRuns(digest);
    await stage.expectAllOnStable();
  },
};
