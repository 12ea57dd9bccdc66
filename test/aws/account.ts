import type { Clock } from '../../core/ports.ts';
import type { Means } from './means.ts';
import type { RunNames } from './names.ts';
import type { AwsTestOptions } from './options.ts';
import type { Check } from './preflight.ts';
import type { Remains } from './remains.ts';

/** What a run is given to work with. */
export interface AccountSetting {
  readonly options: AwsTestOptions;
  readonly names: RunNames;
  readonly tell: (line: string) => void;
  /** The first Ctrl-C: making ends, and what was made is removed. */
  readonly interrupted: AbortSignal;
  /** The second: removing ends too. */
  readonly hurry: AbortSignal;
}

/** An account with its cluster: AWS's, or a test's. */
export interface Account {
  readonly clock: Clock;
  /** In the order in which they build upon each other; none of them makes anything. */
  readonly checks: readonly Check[];
  /** Makes all that the stories need. Each thing is added to `remains` before it is made. */
  make(remains: Remains): Promise<Means>;
}

export type OpenAccount = (setting: AccountSetting) => Promise<Account>;
