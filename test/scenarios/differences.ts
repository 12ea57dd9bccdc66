import type { ScenarioOutcome } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Tier } from './tier.ts';

/** How many times as many bad answers there may be where nothing waits for machines that work. */
const slackOfBadAnswers = 4;

/**
 * Where an outcome is not as its scenario states; empty where all is as expected. On a tier that is not exact, durations have no upper bound,
 * rollouts of different services that begin at once do so in any order, and the sweep may have come round for a push that is under way,
 * which is one more start that is ignored; a rollout may end for the scenario's other reason.
 */
export function differences(scenario: Scenario, outcome: ScenarioOutcome, { exact }: Pick<Tier, 'exact'> = { exact: true }): string[] {
  const { expected } = scenario;
  // A rollback that could not be verified leaves things for a person to look at.
  const cannotTidy = expected.rollouts.some(({ phase }) => phase === 'failed');
  const found: string[] = [...outcome.violations, ...(cannotTidy ? [] : outcome.leftBehind)];
  const compare = (what: string, is: unknown, shouldBe: unknown) => {
    if (JSON.stringify(is) !== JSON.stringify(shouldBe)) found.push(`${what}: ${JSON.stringify(is)}, expected ${JSON.stringify(shouldBe)}`);
  };
  const inOrder = <T extends { readonly rollout: string }>(rollouts: readonly T[]): readonly T[] =>
    exact ? rollouts : rollouts.toSorted((a, b) => a.rollout.localeCompare(b.rollout));
  const rollouts = inOrder(outcome.rollouts.map((each) => ({ ...each, rollout: each.record.rollout })));
  compare(
    'rollouts',
    rollouts.map(({ record, weights }) => ({
      rollout: record.rollout,
      tag: record.image.tag ?? record.image.digest,
      phase: record.phase,
      ...(record.phase === 'succeeded' || record.rollbackReason === undefined ? {} : { reason: record.rollbackReason }),
      weights,
    })),
    inOrder(expected.rollouts).map(({ rollout, tag, phase, reason, orReason, weights }, index) => ({
      rollout,
      tag,
      phase,
      ...(reason === undefined
        ? {}
        : { reason: !exact && orReason !== undefined && orReason === rollouts[index]?.record.rollbackReason ? orReason : reason }),
      weights,
    })),
  );
  for (const [index, { seconds }] of inOrder(expected.rollouts).entries()) {
    const record = rollouts[index]?.record;
    const took = ((record?.endedAtMs ?? Number.NaN) - (record?.startedAtMs ?? 0)) / 1000;
    if (seconds !== undefined && !(took >= seconds[0] && (took <= seconds[1] || !exact))) {
      found.push(`rollout ${index + 1} took ${took.toFixed(1)} s, expected ${seconds[0]} to ${seconds[1]}`);
    }
  }
  for (const [service, tag] of Object.entries(outcome.stable)) compare(`stable of ${service}`, tag, expected.stable?.[service] ?? 'v1');
  const [least, most] = exact ? expected.badAnswers : loosely(expected.badAnswers);
  if (outcome.load.failed < least || outcome.load.failed > most) {
    found.push(`${outcome.load.failed} bad answers of ${outcome.load.sent}, expected ${least} to ${most}`);
  }
  const endedIn = (state: string) => outcome.executions.filter(({ states }) => states.at(-1)?.state === state).length;
  compare('refused starts', endedIn('Refused'), expected.executions?.refused ?? 0);
  const ignored = expected.executions?.ignored ?? 0;
  compare('ignored starts', exact ? endedIn('NothingToDo') : Math.min(endedIn('NothingToDo'), ignored), ignored);
  const unstated = outcome.asked.filter((need) => !scenario.needs?.includes(need));
  if (unstated.length > 0) found.push(`the story asks for what \`needs\` does not state: ${unstated.join()}`);
  return found;
}

/** None is none on every tier. */
function loosely([least, most]: readonly [number, number]): readonly [number, number] {
  return [Math.min(least, 1), most * slackOfBadAnswers];
}
