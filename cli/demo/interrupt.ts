/** Where signals come from: `process`. */
export interface Signals {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

/** The shell's codes of a process that was ended by a signal: 128 and the signal's number. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** How long closing may take before the process ends all the same. */
const patienceMs = 3000;

/**
 * The first Ctrl-C closes what runs, then ends the process; a second one ends it at once. Everything that the demo starts is within
 * this process, so nothing outlives it either way.
 */
export function endOnSignal(signals: Signals, close: () => Promise<void>): void {
  let closing = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    signals.on(signal, () => {
      const end = () => signals.exit(codes[signal]);
      if (closing) return end();
      closing = true;
      setTimeout(end, patienceMs).unref();
      void close().then(end, end);
    });
  }
}

/** Ends the process when whoever reads what it writes has gone, as `head` does: the shell's code for SIGPIPE, and no stack trace. */
export function endOnClosedPipe(
  output: { on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown },
  exit: Signals['exit'],
): void {
  output.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    exit(141);
  });
}
