import type { BaseRun } from './base-run.ts';
import { faultsAt } from './edge.ts';
import type { FaultKind } from './faults.ts';
import type { Met } from './interposer.ts';
import { judge } from './judge.ts';
import { play } from './play.ts';

/** One base run with one fault at one of its effects. */
export interface Case {
  readonly base: BaseRun;
  readonly edge: Met;
  readonly fault: FaultKind;
}

/** A base run as it goes where nothing befalls it. */
export interface Undisturbed {
  readonly base: BaseRun;
  readonly met: readonly Met[];
  readonly ends: readonly string[];
  readonly seconds: number;
  readonly wrong: readonly string[];
}

/** How long a run may take where nothing is known of it yet. */
const anyLengthSeconds = 600;

export function playUndisturbed(base: BaseRun): Promise<Undisturbed> {
  return play(base, undefined, async (played) => ({
    base,
    met: played.interposer.met,
    ends: played.records.map(({ phase }) => phase),
    seconds: ((played.restAtMs ?? 0) - played.startedAtMs) / 1000,
    wrong: await judge(played, anyLengthSeconds),
  }));
}

/**
 * Every fault at every edge: a write to the cluster, or a start of an execution, in every base run and each time that it is made there, unless
 * the run has begun as one before it did; any other write each time that it is made in the plainest base run that has it; a read, which leaves
 * nothing behind, once. Of a base run that is played for what is new in it, only what no run before it does at all.
 */
export function casesOf(runs: readonly Undisturbed[]): Case[] {
  const shown = new Set<string>();
  const names = new Set<string>();
  return runs.flatMap(({ base, met }) => {
    let beginning = '';
    const known = new Set(base.onlyNew === true ? names : []);
    for (const { name } of met) names.add(name);
    return met.flatMap((edge): Case[] => {
      if (known.has(edge.name)) return [];
      beginning = `${beginning}\n${edge.id}`;
      const moves = edge.kind === 'write' && (edge.port === 'kubernetes' || edge.port === 'executions');
      const key = moves ? beginning : edge.kind === 'read' ? edge.name : edge.id;
      if (shown.has(key)) return [];
      shown.add(key);
      return faultsAt(edge).map((fault) => ({ base, edge, fault }));
    });
  });
}

/** @example caseName(one) // 'promoted | SetWeight: kubernetes patch virtualservices #2 | hangsAfter' */
export function caseName({ base, edge, fault }: Case): string {
  return `${base.name} | ${edge.id} | ${fault}`;
}
