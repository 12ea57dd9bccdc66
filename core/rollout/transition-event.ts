import type { SluiceEvent } from '../ports.ts';
import type { RolloutSpec, Transition } from '../spec/rollout-spec.ts';
import type { RolloutRecord } from './record.ts';

const detailTypes: Record<Transition, string> = {
  begun: 'Rollout Begun',
  advanced: 'Rollout Advanced',
  paused: 'Rollout Paused',
  promoting: 'Rollout Promoting',
  succeeded: 'Rollout Succeeded',
  rollingBack: 'Rollout Rolling Back',
  rolledBack: 'Rollout Rolled Back',
  failed: 'Rollout Failed',
};

/**
 * The event of one transition of a rollout (P1). Its id is made of the rollout, the transition, the step and the fence, so that a
 * Lambda that is run twice sends the same id twice and a receiver can drop the second. A step can be paused several times, so the id
 * of a pause carries its beginning too. Of a rollback it carries the fence that the door raised, which stays where the rollback goes beyond it.
 */
export function transitionEvent(
  record: RolloutRecord,
  spec: RolloutSpec,
  transition: Transition,
  reason: string,
  atMs: number,
): SluiceEvent {
  const { notifications } = spec;
  return {
    id: [
      record.rolloutId,
      transition,
      record.stepIndex,
      record.rollbackFence ?? record.fence,
      ...(transition === 'paused' ? [record.watch?.pausedSinceMs ?? 0] : []),
    ].join('/'),
    detailType: detailTypes[transition],
    atMs,
    detail: {
      rollout: record.rollout,
      rolloutId: record.rolloutId,
      transition,
      phase: record.phase,
      stepIndex: record.stepIndex,
      weight: record.split.canary,
      totalWeight: spec.router.totalWeight,
      image: `${record.image.repository}@${record.image.digest}`,
      ...(record.image.tag === undefined ? {} : { tag: record.image.tag }),
      reason,
      ...(record.rollbackReason === undefined ? {} : { rollbackReason: record.rollbackReason }),
      actor: record.rollbackActor ?? record.actor,
      executionArn: record.executionArn,
      ...(notifications.on.includes(transition) ? { notify: { channel: notifications.channel } } : {}),
    },
  };
}
