/** Tasks as the state machines name them; `Abort` is the door's, whoever opens it, and `SweepRollback` is the sweep's with a rollback that died. */
export type Task =
  | 'Begin'
  | 'DeployCanary'
  | 'AwaitReady'
  | 'SetWeight'
  | 'VerifyWeight'
  | 'RunAnalysis'
  | 'Decide'
  | 'PromoteStable'
  | 'AwaitStable'
  | 'ReturnTraffic'
  | 'RemoveCanary'
  | 'Finish'
  | 'Abort'
  | 'RestoreTraffic'
  | 'VerifyTraffic'
  | 'RestoreStable'
  | 'FinishRollback'
  | 'FailRollback'
  | 'SweepRollback';

type Graph = Readonly<Partial<Record<Task, readonly Task[]>>>;

/** Which Task comes after which where nothing goes wrong. The same as in state-machines/: a test compares the two. */
export const rolloutMachine: Graph = {
  Begin: ['Begin', 'DeployCanary'],
  DeployCanary: ['AwaitReady'],
  AwaitReady: ['AwaitReady', 'SetWeight'],
  SetWeight: ['VerifyWeight'],
  VerifyWeight: ['RunAnalysis'],
  RunAnalysis: ['Decide'],
  Decide: ['AwaitReady', 'RunAnalysis', 'PromoteStable', 'SetWeight', 'Abort'],
  PromoteStable: ['AwaitStable'],
  AwaitStable: ['AwaitStable', 'ReturnTraffic'],
  ReturnTraffic: ['RemoveCanary'],
  RemoveCanary: ['Finish'],
  Finish: [],
  Abort: [],
};

export const rollbackMachine: Graph = {
  RestoreTraffic: ['VerifyTraffic'],
  VerifyTraffic: ['RestoreStable', 'RemoveCanary'],
  RestoreStable: ['AwaitStable'],
  AwaitStable: ['AwaitStable', 'ReturnTraffic'],
  ReturnTraffic: ['RemoveCanary'],
  RemoveCanary: ['FinishRollback'],
  FinishRollback: [],
  FailRollback: [],
};

/** What the model leaves out of the machines: traffic that returns in steps, since no pod of its stable is lost, and what only tells people. */
export const leftOut: { readonly rollback: Graph; readonly tells: readonly string[] } = {
  rollback: { VerifyTraffic: ['ReturnTraffic'], ReturnTraffic: ['ReturnTraffic', 'RestoreStable'] },
  tells: ['TellRefusal'],
};

/** Where a Task of the rollback machine leads that cannot do its work; every Task of the rollout machine leads to the door. */
export function afterRollbackError(task: Task): Task | undefined {
  if (task === 'RemoveCanary') return 'FinishRollback';
  return task === 'FailRollback' ? undefined : 'FailRollback';
}
