import type { Clock } from '../../core/ports.ts';

/** What a command has of the world around it; a test gives its own. */
export interface Io {
  /** Writes to standard output: the answer, and nothing else. */
  out(text: string): void;
  /** Writes to standard error: errors, and what accompanies an answer. */
  err(text: string): void;
  /** The machine's own where left out. */
  readonly clock?: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether standard output is a terminal. */
  readonly terminal: boolean;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

export function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
