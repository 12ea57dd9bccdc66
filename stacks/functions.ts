import {
  describeRollbacks,
  describeRollouts,
  findCluster,
  type Permission,
  publishEvents,
  readAlarms,
  readImages,
  readStore,
  startRollback,
  startRollout,
  stopRollouts,
  writeStore,
} from './permissions.ts';

/** How a Lambda is deployed. */
export interface FunctionSetup {
  /** The state that it serves, or its door: as in the ASL, `SetWeight`. */
  readonly name: string;
  /** Its file in functions/ without the ending, which is also the end of its name in AWS: `set-weight`. */
  readonly file: string;
  /** Below the `TimeoutSeconds` of its Task, so that a Lambda that hangs ends as itself and not as States.Timeout. */
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Kept free for it in the account's pool. The abort door must never wait for other functions' calls. */
  readonly reservedConcurrency?: number;
  /** Whether it speaks to the cluster's API server: its role then gets an access entry. */
  readonly cluster: boolean;
  readonly permissions: readonly Permission[];
}

/** CPU grows with memory; at 512 MB a cold start of 400 KB stays within a second. */
const usual = { timeoutSeconds: 50, memoryMb: 512 } as const;

const state = (name: string, file: string, ...permissions: Permission[]): FunctionSetup => ({
  ...usual,
  name,
  file,
  cluster: true,
  permissions: [readStore, writeStore, ...permissions],
});

export const functionSetups: readonly FunctionSetup[] = [
  state('Begin', 'begin', startRollback, describeRollouts, findCluster, readImages, readAlarms, publishEvents),
  state('DeployCanary', 'deploy-canary'),
  state('AwaitReady', 'await-ready'),
  state('SetWeight', 'set-weight'),
  state('VerifyWeight', 'verify-weight'),
  { ...state('RunAnalysis', 'run-analysis'), timeoutSeconds: 890 },
  state('Decide', 'decide', publishEvents),
  state('PromoteStable', 'promote-stable', publishEvents),
  state('AwaitStable', 'await-stable'),
  state('ReturnTraffic', 'return-traffic'),
  state('RemoveCanary', 'remove-canary'),
  state('Finish', 'finish', publishEvents),
  state('RestoreTraffic', 'restore-traffic', publishEvents),
  state('VerifyTraffic', 'verify-traffic'),
  state('RestoreStable', 'restore-stable'),
  state('FinishRollback', 'finish-rollback', publishEvents),
  state('FailRollback', 'fail-rollback', publishEvents),
  { ...state('Abort', 'abort', startRollback), memoryMb: 1024, reservedConcurrency: 20 },
  state(
    'Sweep',
    'sweep',
    startRollout,
    startRollback,
    describeRollouts,
    describeRollbacks,
    stopRollouts,
    readImages,
    readAlarms,
    publishEvents,
  ),
  state('Operate', 'operate', startRollback, publishEvents),
  { ...state('ApplySpec', 'apply-spec'), cluster: false },
];
