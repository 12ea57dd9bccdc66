import {
  describeRollbacks,
  describeRollouts,
  findCluster,
  listItems,
  listMetrics,
  type Permission,
  publishEvents,
  queryMetrics,
  readAlarms,
  readAlerts,
  readImages,
  readItems,
  readMetrics,
  readWebhookSecret,
  removeItems,
  startRollback,
  startRollout,
  stopRollouts,
  writeItems,
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
  /**
   * Kept free for it in the account's pool, and all that it gets. The abort door must never wait for other functions' calls. Begin lets in no more
   * rollouts a second than the rest of the pool can carry to their end: docs/decisions/0022-who-waits.md.
   */
  readonly reserved?: { readonly concurrency: number; readonly context: 'abortConcurrency' | 'beginConcurrency' };
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
  permissions: [readItems, writeItems, ...permissions],
});

/** A transition is told, and then taken off the list of what is untold. */
const tells = [publishEvents, removeItems];
/** It also looks for what a Lambda before it has left untold. */
const tellsUntold = [...tells, listItems];

/** Each with what it uses and no more: test/privileges/ compares the permissions with the calls that the functions make. */
export const functionSetups: readonly FunctionSetup[] = [
  {
    ...state(
      'Begin',
      'begin',
      ...tells,
      listItems,
      startRollout,
      startRollback,
      describeRollouts,
      findCluster,
      readImages,
      readAlarms,
      queryMetrics,
      readAlerts,
      readMetrics,
      listMetrics,
    ),
    reserved: { concurrency: 8, context: 'beginConcurrency' },
  },
  // It tells of a start that failed, whatever of the rest does not answer: it looks, and writes nothing.
  { ...usual, name: 'TellRefusal', file: 'tell-refusal', cluster: false, permissions: [readItems, listItems, publishEvents] },
  state('DeployCanary', 'deploy-canary'),
  state('AwaitReady', 'await-ready'),
  state('SetWeight', 'set-weight'),
  state('VerifyWeight', 'verify-weight'),
  { ...state('RunAnalysis', 'run-analysis', queryMetrics, readAlerts, readMetrics), timeoutSeconds: 890 },
  { ...state('Decide', 'decide', ...tellsUntold), cluster: false },
  state('PromoteStable', 'promote-stable', ...tells),
  state('AwaitStable', 'await-stable'),
  state('ReturnTraffic', 'return-traffic'),
  state('RemoveCanary', 'remove-canary'),
  state('Finish', 'finish', ...tellsUntold),
  state('RestoreTraffic', 'restore-traffic', ...tellsUntold),
  state('VerifyTraffic', 'verify-traffic', queryMetrics),
  state('RestoreStable', 'restore-stable'),
  state('FinishRollback', 'finish-rollback', ...tellsUntold),
  { ...state('FailRollback', 'fail-rollback', ...tellsUntold), cluster: false },
  { ...state('Abort', 'abort', listItems, startRollback), memoryMb: 1024, reserved: { concurrency: 20, context: 'abortConcurrency' } },
  state(
    'Sweep',
    'sweep',
    ...tellsUntold,
    startRollout,
    startRollback,
    describeRollouts,
    describeRollbacks,
    stopRollouts,
    readImages,
    readAlarms,
  ),
  { ...state('ReceiveAlerts', 'receive-alerts', listItems, startRollback), memoryMb: 1024 },
  { ...state('ReceiveWebhook', 'receive-webhook', listItems, startRollback, readWebhookSecret), memoryMb: 1024 },
  state('Operate', 'operate', startRollback),
  { ...state('ApplySpec', 'apply-spec', removeItems), cluster: false },
  { ...state('DeploySpec', 'deploy-spec', removeItems), cluster: false },
  { ...usual, name: 'GuardRemoval', file: 'guard-removal', cluster: false, permissions: [readItems, listItems] },
];
