import type { Connection } from '../connection/connection.ts';
import type { Paint } from '../output/colour.ts';
import type { ExitCode } from '../output/exit-code.ts';
import type { Io } from '../output/io.ts';

/** What every command has at hand. A command returns its exit code and throws SluiceErrors. */
export interface CommandContext {
  readonly io: Io;
  /** Print one JSON document instead of text. */
  readonly json: boolean;
  readonly paint: Paint;
  /** What a hint to another command begins with: `sluice`, or `npm run sluice -- --sandbox`. */
  readonly ownName: string;
  /** Prints the answer: as JSON, or as text. */
  print(data: unknown, text: string): void;
  /** The controller on AWS, or the sandbox. Connects on the first call, so that lint and plan need neither. */
  connect(): Promise<Connection>;
}

export type Run = (context: CommandContext) => Promise<ExitCode>;
