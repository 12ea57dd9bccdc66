import type { RolloutRecord } from '../../core/rollout/record.ts';
import type { Setting } from './tier.ts';

/** What the world was told of a transition. The fields that a person needs are checked in every scenario (P1). */
export interface Told {
  readonly id: string;
  readonly atMs: number;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Sluice's own events, oldest first, as the bus took them. */
export function toldBy(sandbox: Pick<Setting, 'bus'>): Told[] {
  return sandbox.bus.puts
    .filter(({ event }) => event.source === 'sluice')
    .map(({ event, atMs }) => ({ id: String(event.detail['id']), atMs, detailType: event['detail-type'], detail: event.detail }));
}

const stories = /^(begun)?(,(advanced|paused))*(,promoting)?(,succeeded|,?rollingBack(,turned)?,(rolledBack|succeeded|failed))$/;

/** What is wrong with how a rollout that has ended was told: one id per transition, in an order that makes sense, with its numbers. */
export function wronglyTold(sandbox: Pick<Setting, 'bus'>, record: RolloutRecord): string[] {
  const told = toldBy(sandbox).filter(({ detail }) => detail['rolloutId'] === record.rolloutId);
  const once = [...new Map(told.map((each) => [each.id, each])).values()];
  const story = once.map((each, index) => (isTurned(each, once.slice(0, index)) ? 'turned' : each.detail['transition'])).join(',');
  const bare = once.filter(({ detail }) => {
    const { reason, weight, stepIndex, actor } = detail;
    return (
      typeof reason !== 'string' || reason === '' || typeof weight !== 'number' || typeof stepIndex !== 'number' || actor === undefined
    );
  });
  return [
    ...(stories.test(story) ? [] : [`P1: ${record.rolloutId} was told as ${story}`]),
    ...bare.map(({ id }) => `P1: ${id} lacks its reason, weight, step or actor`),
  ];
}

/** A rollback that finishes a promotion, told once more because an alarm has turned it round. */
function isTurned({ detail }: Told, before: readonly Told[]): boolean {
  const [first] = before.filter((each) => each.detail['transition'] === 'rollingBack');
  if (first === undefined || detail['transition'] !== 'rollingBack') return false;
  return first.detail['rollbackReason'] !== 'alarm' && detail['rollbackReason'] === 'alarm';
}
