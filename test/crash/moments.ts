import type { Phase } from '../../core/rollout/record.ts';
import type { Stage } from '../scenarios/stage.ts';

/** Often while a run goes as it should; seldom once it waits for somebody to find out what befell it. */
const lookEveryMs = 250;
const seldomMs = 1500;
const oftenForMs = 30_000;
const longestSeconds = 400;

/** Whether the moment came. It does not where everything has ended, or stands still, before: a fault has turned the run another way. */
export async function when(stage: Stage, look: () => boolean | Promise<boolean>): Promise<boolean> {
  const { clock, engine } = stage.sandbox;
  const fromMs = clock.now();
  const untilMs = fromMs + longestSeconds * 1000;
  let idleMs = 0;
  while (clock.now() < untilMs) {
    if (await look()) return true;
    const running = engine.executions.some(({ status }) => status === 'running');
    const nextMs = clock.now() - fromMs < oftenForMs ? lookEveryMs : seldomMs;
    idleMs = running ? 0 : idleMs + nextMs;
    // Longer than the sweep takes to find what was lost.
    if (idleMs > 130_000) return false;
    await clock.sleep(nextMs);
  }
  return false;
}

export function whenWeight(stage: Stage, weight: number, service = 'checkout'): Promise<boolean> {
  return when(stage, () => stage.witness.changes.findLast((change) => change.service === service)?.canary === weight);
}

export function whenState(stage: Stage, state: string, machine: 'rollout' | 'rollback' = 'rollout'): Promise<boolean> {
  return when(stage, () =>
    stage.sandbox.engine.executions.some((one) => one.machine === machine && one.states.some((entered) => entered.state === state)),
  );
}

export function whenPhase(stage: Stage, phase: Phase, service = 'checkout'): Promise<boolean> {
  return when(stage, async () => {
    const records = await stage.sandbox.deps.store.list(`rollouts#${service}`);
    return records.some(({ value }) => value['phase'] === phase);
  });
}

/** Until every rollout of the service has ended, one way or another. */
export function whenEnded(stage: Stage, count = 1, service = 'checkout'): Promise<boolean> {
  return when(stage, async () => {
    const records = await stage.sandbox.deps.store.list(`rollouts#${service}`);
    return records.length >= count && records.every(({ value }) => value['endedAtMs'] !== undefined);
  });
}

/** Somebody calls a Lambda, and calls it again a while later where it fails, as people and SNS do. */
export async function callAgain(stage: Stage, name: string, event: () => unknown): Promise<void> {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    try {
      await stage.call(name, event());
      return;
    } catch (error) {
      if (error instanceof Error && fatal.includes(error.name)) return;
      await stage.sleep(5);
    }
  }
}

const fatal = ['NotFoundError', 'InvalidInputError', 'FencedError'];
