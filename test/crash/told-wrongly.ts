import type { RolloutRecord } from '../../core/rollout/record.ts';
import { type Told, toldBy } from '../scenarios/told.ts';
import type { Played } from './play.ts';

/** The transitions of a rollout that has ended, in the order in which they came about. */
const stories =
  /^(begun)?(,?(advanced|paused))*(,promoting)?(,?succeeded|(,?rollingBack)(,turned)?,(rolledBack|succeeded|failed)|,?failed)$/;

/** Of a rollback that was given up and that a person has had tried again: what came until then, and what came of it. */
const triedAgain = /^(?<before>.*?,?failed),(?<after>rollingBack.*)$/;

/**
 * What is wrong with how a rollout that has ended was told (P1): each transition under one id, all that the history has, and a story that makes
 * sense in the order in which it happened. What a Lambda could not tell is told by the sweep, behind others.
 */
export async function toldWrongly({ sandbox, stage, interposer }: Played, record: RolloutRecord): Promise<string[]> {
  if (record.endedAtMs === undefined) return [];
  const told = toldBy(sandbox).filter(({ detail }) => detail['rolloutId'] === record.rolloutId);
  const once = [...new Map(told.map((each) => [each.id, each])).values()];
  const history = await stage.history(record.rolloutId);
  const when = ({ atMs, detail: { transition, stepIndex } }: Told) =>
    history.findLast((entry) => entry.what === transition && entry.stepIndex === stepIndex && entry.atMs <= atMs)?.atMs ?? 0;
  const inOrder = once.toSorted((a, b) => when(a) - when(b));
  const story = inOrder
    .map((each, index) => (isTurned(each, inOrder.slice(0, index)) ? 'turned' : String(each.detail['transition'])))
    .join();
  const missing = history.filter(({ what }) => isTransition(what) && !told.some(({ detail }) => detail['transition'] === what));
  return [
    ...(partsOf(story, interposer.clusterAwayUntilMs > 0).every((part) => stories.test(part))
      ? []
      : [`P1: ${record.rolloutId} was told as ${story}`]),
    ...missing.map(({ what }) => `P1: that ${record.rolloutId} is ${what} was never told`),
  ];
}

/** Without an outage nobody has a reason to try again. */
function partsOf(story: string, hadOutage: boolean): string[] {
  const { before, after } = (hadOutage ? triedAgain.exec(story)?.groups : undefined) ?? {};
  return before === undefined || after === undefined ? [story] : [before, after];
}

/** A rollback that finishes a promotion, told once more because an alarm has turned it round. */
function isTurned({ detail }: Told, before: readonly Told[]): boolean {
  const first = before.find((each) => each.detail['transition'] === 'rollingBack');
  return (
    detail['transition'] === 'rollingBack' &&
    first !== undefined &&
    first.detail['rollbackReason'] !== 'alarm' &&
    detail['rollbackReason'] === 'alarm'
  );
}

function isTransition(what: string): boolean {
  return ['begun', 'advanced', 'paused', 'promoting', 'succeeded', 'rollingBack', 'rolledBack', 'failed'].includes(what);
}
