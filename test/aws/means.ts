import type { Connection } from '../../cli/connection/connection.ts';
import type { AlarmReading } from '../../core/metric-ports.ts';
import type { Clock } from '../../core/ports.ts';
import type { Split } from '../../core/traffic/split.ts';

/** Which of the two images: the one that runs first, or the one that is pushed first. */
export type TestImage = 'stable' | 'canary';

/** What a story does and sees. On AWS these are API calls; in the tests of the stories they are the sandbox's. */
export interface Means {
  readonly clock: Clock;
  /** The deployment under test: what it says about itself, and starting by hand. */
  readonly connection: Pick<Connection, 'status' | 'history' | 'start' | 'execution'>;
  /** Puts one of the images under one more tag, which ECR tells as a push. Returns its digest. */
  push(image: TestImage, tag: string): Promise<string>;
  /** StopExecution: what somebody does in the console. */
  stop(executionArn: string): Promise<void>;
  /** Puts one value of the metric that is beyond the alarm's threshold. */
  crossThreshold(): Promise<void>;
  alarm(): Promise<AlarmReading>;
  /** What the VirtualService says. */
  route(): Promise<Split>;
  /** The image that stable's Deployment names. */
  stableImage(): Promise<string>;
}
