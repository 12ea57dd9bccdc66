import type { RolloutRecord } from '../../core/rollout/record.ts';
import { type Told, toldBy } from '../scenarios/told.ts';
import type { Played } from './play.ts';

/** The transitions of a rollout that has ended, in the order in which they came about. */
const stories =
  /^(begun)?(,?(advanced|paused))*(,promoting)?(,?succeeded|(,?rollingBack)(,turned)?,(rolledBack|succeeded|failed)|,?failed)$/;

/**
 * What is wrong with how a rollout that has ended was told (P1): each transition under one id, all that the history has, and a story that makes
 * sense in the order in which it happened. What a Lambda could not tell is told by the sweep, behind others.
 */
export async function toldWrongly({ sandbox, stage }: Played, record: RolloutRecord): Promise<string[]> {
  if (record.endedAtMs === undefined) return [];
  const told = toldBy(sandbox).filter(({ detail }) => detail['rolloutId'] === record.rolloutId);
  const once = [...new Map(told.map((each) => [each.id, each])).values()];
  const history = await stage.history(record.rolloutId);
  const when = ({ detail }: Told) =>
    history.find(({ what, stepIndex }) => what === detail['transition'] && stepIndex === detail['stepIndex'])?.atMs ?? 0;
  const inOrder = once.toSorted((a, b) => when(a) - when(b));
  const story = inOrder
    .map((each, index) => (isTurned(each, inOrder.slice(0, index)) ? 'turned' : String(each.detail['transition'])))
    .join();
  const missing = history.filter(({ what }) => isTransition(what) && !told.some(({ detail }) => detail['transition'] === what));
  return [
    ...(stories.test(story) ? [] : [`P1: ${record.rolloutId} was told as ${story}`]),
    ...missing.map(({ what }) => `P1: that ${record.rolloutId} is ${what} was never told`),
  ];
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
