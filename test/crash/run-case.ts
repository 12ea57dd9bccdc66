import { type Case, caseName } from './cases.ts';
import { judge } from './judge.ts';
import { play } from './play.ts';
import { storyOf } from './story.ts';

/** What is said of one case that broke a promise, with the story of its run and how to play it alone; undefined where none was broken. */
export async function runCase(one: Case, baseSeconds: number): Promise<string | undefined> {
  const plan = (met: { readonly id: string }) => (met.id === one.edge.id ? one.fault : undefined);
  return play(one.base, plan, async (played) => {
    const wrong = await judge(played, baseSeconds);
    if (played.interposer.befallen.length === 0) wrong.push('the fault befell nothing');
    if (wrong.length === 0) return undefined;
    const name = caseName(one);
    const sentences = wrong.map((sentence) => `  - ${sentence.slice(0, 300)}`);
    return [name, ...sentences, storyOf(played), `    alone: CRASH_ONLY='${name}' npm run test:crash`].join('\n');
  });
}
