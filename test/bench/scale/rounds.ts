import type { Template } from './template.ts';

/** States of a step that go round and round, each round beginning with the first. */
const looking: readonly string[] = ['Bake', 'RunAnalysis', 'Decide', 'NextAction'];

/**
 * The rounds of a step as they were recorded: where the Bake of each begins. All but the last ended in a hold, and the last one left the step.
 *
 * @param bakeAt Where the first round begins.
 */
export function roundsFrom(template: Template, bakeAt: number): readonly number[] {
  const end = template.findIndex(({ state }, index) => index >= bakeAt && !looking.includes(state));
  const rounds = template
    .slice(bakeAt, end < 0 ? undefined : end)
    .flatMap(({ state }, index) => (state === 'Bake' ? [bakeAt + index] : []));
  if (rounds.length === 0) throw new Error(`the recorded step does not bake at ${bakeAt}`);
  return rounds;
}

/** The place of the state of that name in a round. */
export function inRound(template: Template, roundAt: number, state: string): number {
  const at = template.findIndex((part, index) => index >= roundAt && part.state === state);
  if (at < 0) throw new Error(`the recorded round at ${roundAt} has no ${state}`);
  return at;
}
