import { SluiceError } from '../../core/errors.ts';
import { withoutCredentials } from '../../core/without-credentials.ts';
import { messageOf } from '../connection/restore-error.ts';
import type { Paint } from './colour.ts';

export interface PrintedError {
  readonly name: string;
  readonly message: string;
  readonly remedy: string;
}

/** What an error says, as data, without the credentials that a server may have repeated. */
export function describe(error: unknown): PrintedError {
  if (error instanceof SluiceError) return { name: error.name, message: withoutCredentials(messageOf(error)), remedy: error.remedy };
  if (error instanceof Error) return { name: error.name, message: withoutCredentials(error.message), remedy: '' };
  return { name: 'Error', message: withoutCredentials(String(error)), remedy: '' };
}

/**
 * An error for people, without a stack: what happened, and what to do about it. An error that nobody foresaw is a defect of Sluice, and
 * says so.
 */
export function formatError(error: unknown, { paint, verbose }: { readonly paint: Paint; readonly verbose: boolean }): string {
  const { name, message, remedy } = describe(error);
  const foreseen = error instanceof SluiceError;
  const lines = [`${paint('red', 'error:')} ${foreseen ? message : `${name}: ${message}`}`];
  if (remedy !== '') lines.push(`  ${remedy}`);
  if (!foreseen) lines.push('  This was not foreseen. Run it again with --verbose, and report what it prints.');
  if (verbose) lines.push(...causesOf(error).map((cause) => paint('dim', `  caused by ${cause}`)));
  if (verbose && !foreseen && error instanceof Error && error.stack !== undefined)
    lines.push(paint('dim', withoutCredentials(error.stack)));
  return lines.join('\n');
}

/** From the outermost to the innermost. What an AWS API answered is no Error, but has a name and a message too. */
function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let cause = causeOf(error);
  while (cause !== undefined && causes.length < 10) {
    const { name, message } = cause as { name?: unknown; message?: unknown };
    causes.push(withoutCredentials(typeof message === 'string' ? `${String(name ?? 'Error')}: ${message}` : String(cause)));
    cause = causeOf(cause);
  }
  return causes;
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? (error.cause ?? undefined) : undefined;
}
