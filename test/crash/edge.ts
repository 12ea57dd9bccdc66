import type { FaultKind } from './faults.ts';
import { answerFaults, clusterFaults, readFaults, writeFaults } from './faults.ts';

/** One effect of one act, as it is named: `SetWeight: kubernetes patch virtualservices`. */
export interface Effect {
  /** The Lambda that makes it. */
  readonly act: string;
  readonly port: 'kubernetes' | 'store' | 'cloudwatch' | 'eventbridge' | 'executions' | 'ecr' | 'eks' | 'secrets' | 'lambda';
  readonly operation: string;
  readonly object: string;
  readonly kind: 'read' | 'write' | 'answer';
}

/** An effect at its place in a run: the `ordinal`-th of its name, from 1. */
export interface Edge extends Effect {
  readonly ordinal: number;
}

export function effectName({ act, port, operation, object }: Effect): string {
  return `${act}: ${port} ${operation}${object === '' ? '' : ` ${object}`}`;
}

/** @example edgeId(edge) // 'SetWeight: kubernetes patch virtualservices #2' */
export function edgeId(edge: Edge): string {
  return `${effectName(edge)} #${edge.ordinal}`;
}

/** The store's client sends a write again only where that is the same write to DynamoDB, so a lost answer harms nobody there. */
export function faultsAt({ kind, port }: Pick<Effect, 'kind' | 'port'>): readonly FaultKind[] {
  if (kind === 'answer') return answerFaults;
  if (port === 'store' && kind === 'write') return writeFaults.filter((fault) => fault !== 'answerLost');
  return [...(kind === 'write' ? writeFaults : readFaults), ...(port === 'kubernetes' ? clusterFaults : [])];
}
