import { toldBy } from '../scenarios/told.ts';
import type { Played } from './play.ts';
import { clockText } from './watcher.ts';

/** What happened in a run that broke a promise, shortly: the faults, what the routes said, what was told, how the executions ended. */
export function storyOf({ interposer, witness, sandbox, records }: Played): string {
  const at = (atMs: number) => clockText(atMs).padStart(10);
  const lines = [
    ...interposer.befallen.map(({ met, fault }) => ({ atMs: met.atMs, text: `FAULT ${fault} at ${met.id}` })),
    ...witness.changes.map((one) => ({ atMs: one.atMs, text: `route says ${one.stable}/${one.canary} under fence ${one.fence}` })),
    ...toldBy(sandbox).map(({ atMs, detail }) => ({
      atMs,
      text: `told ${String(detail['transition'])}: ${String(detail['reason']).slice(0, 100)}`,
    })),
    ...sandbox.engine.executions.flatMap(({ machine, states, status, endedAtMs, startedAtMs }) => [
      { atMs: startedAtMs, text: `a ${machine} starts` },
      { atMs: endedAtMs ?? sandbox.clock.now(), text: `the ${machine} is ${status} in ${states.at(-1)?.state}` },
    ]),
  ].toSorted((a, b) => a.atMs - b.atMs);
  const ends = records.map(({ rolloutId, phase, rollbackReason = '' }) => `${rolloutId} ${phase} ${rollbackReason}`.trim());
  return [...lines.map(({ atMs, text }) => `    ${at(atMs)}  ${text}`), `    in the end: ${ends.join(', ')}`].join('\n');
}
