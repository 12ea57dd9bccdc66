/**
 * All that each Lambda may write, by kind: a document of the store, a resource of the cluster, a start of a machine. What changes the state of
 * the model is compared with it, effect by effect; what stands here besides (pins, the canary's Service and policies, history, what is to be
 * told) the model leaves out. A write that is not in this table is one that the model has not heard of.
 */
const told = ['put history', 'put untold', 'remove untold'];
const owned = ['put locks', 'put rollouts'];
const door = [...owned, 'put history', 'patch virtualservices', 'start rollback', 'stop execution'];
const notes = ['put alarm', 'put alert'];

export const mayWrite: Readonly<Record<string, readonly string[]>> = {
  Begin: [
    ...owned,
    ...told,
    ...notes,
    'put begun',
    'put seen',
    'put delivered',
    'patch virtualservices',
    'start rollback',
    'start rollout',
  ],
  DeployCanary: [
    ...owned,
    'patch horizontalpodautoscalers',
    'create services',
    'patch services',
    'create destinationrules',
    'patch destinationrules',
    'create deployments',
    'patch deployments',
  ],
  AwaitReady: [...owned, 'patch deployments'],
  SetWeight: [...owned, 'put history', 'patch virtualservices', 'patch horizontalpodautoscalers'],
  VerifyWeight: owned,
  RunAnalysis: [...owned, ...notes],
  Decide: [...owned, ...told],
  PromoteStable: [...owned, ...told, 'patch virtualservices', 'patch deployments'],
  AwaitStable: owned,
  ReturnTraffic: [...owned, 'put history', 'patch virtualservices'],
  RemoveCanary: [...owned, 'patch virtualservices', 'delete deployments', 'delete services', 'delete destinationrules'],
  Finish: [...owned, ...told, 'patch horizontalpodautoscalers'],
  Abort: [...door, ...notes],
  Operate: door,
  ReceiveAlerts: [...door, ...notes],
  Sweep: [...door, ...told, ...notes, 'put sweep-turns', 'start rollout'],
  RestoreTraffic: [...owned, ...told, 'patch virtualservices'],
  VerifyTraffic: ['put history', 'patch virtualservices'],
  RestoreStable: [...owned, 'put history', 'patch deployments'],
  FinishRollback: [...owned, ...told, 'put quarantine', 'patch horizontalpodautoscalers'],
  FailRollback: [...owned, ...told],
  TellRefusal: [],
  ApplySpec: ['put specs', 'put alarm-index', 'put alert-index', 'put repository-index', 'remove alarm-index', 'remove alert-index'],
};
