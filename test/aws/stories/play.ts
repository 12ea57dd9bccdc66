import { messageOf } from '../../../cli/connection/restore-error.ts';
import { SluiceError } from '../../../core/errors.ts';
import { Stage, type StageParts, type Story, type StoryResult } from '../stage.ts';
import { pushStory } from './push.ts';
import { rollbackStory } from './rollback.ts';
import { sweepStory } from './sweep.ts';

/** In this order: each begins where the one before it ended. */
export const stories: readonly Story[] = [pushStory, rollbackStory, sweepStory];

/** Plays all, one after the other. What comes after one that could not be played to its end is not played. */
export async function playAll(parts: StageParts, all: readonly Story[] = stories): Promise<StoryResult[]> {
  const results: StoryResult[] = [];
  for (const story of all) {
    const whole = results.every(({ outcome }) => outcome === 'passed');
    results.push(whole && !parts.interrupted.aborted ? await play(parts, story) : notPlayed(story));
  }
  return results;
}

export function notPlayed({ name, title }: Story): StoryResult {
  return { name, title, outcome: 'notPlayed', wrong: [], timesMs: {}, ids: {} };
}

async function play(parts: StageParts, story: Story): Promise<StoryResult> {
  const { name, title } = story;
  const stage = new Stage(parts);
  parts.tell(`${name}: ${title}`);
  try {
    await story.play(stage);
  } catch (error) {
    stage.wrong.push(parts.interrupted.aborted ? 'it was interrupted' : sentenceOf(error));
  }
  const { wrong, timesMs, ids } = stage;
  const outcome = wrong.length === 0 ? 'passed' : 'failed';
  parts.tell(`${name}: ${outcome}`);
  return { name, title, outcome, wrong, timesMs, ids };
}

/** An error as a line of the report. */
export function sentenceOf(error: unknown): string {
  if (error instanceof SluiceError) return `${messageOf(error)} ${error.remedy}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
