import { AwsUnavailableError, ClusterUnavailableError, StoreUnavailableError } from '../../core/errors.ts';
import type { KubernetesApi, KubernetesWrite, ResourceRef, RolloutStore, StoreChange, StoreKey } from '../../core/ports.ts';
import type { Deps } from '../../runtime/deps.ts';
import type { Effect } from './edge.ts';
import type { Interposer } from './interposer.ts';

const remedy = { remedy: 'It was arranged; it is tried again.' };
const outages = {
  kubernetes: () => {
    throw new ClusterUnavailableError('The API server does not answer.', remedy);
  },
  store: () => {
    throw new StoreUnavailableError('The store does not answer.', remedy);
  },
  aws: () => {
    throw new AwsUnavailableError('AWS does not answer.', remedy);
  },
} as const;

/** The ports of one Lambda with an interposer before each of those that have an effect, or read what others had. */
export function interposedDeps(interposer: Interposer, deps: Deps, act: string): Deps {
  const aws = <T>(effect: Omit<Effect, 'act'>, apply: () => Promise<T>) =>
    interposer.make({ effect: { act, ...effect }, apply, outage: outages.aws });
  const read = (port: Effect['port'], operation: string, object = '') => ({ port, operation, object, kind: 'read' }) as const;
  const write = (port: Effect['port'], operation: string, object = '') => ({ port, operation, object, kind: 'write' }) as const;
  const { executions, images, events, alarms, clusters, clusterFinder, webhookSecret } = deps;
  return {
    ...deps,
    store: interposedStore(interposer, deps.store, act),
    clusters: { open: (endpoint) => interposedCluster(interposer, clusters.open(endpoint), act) },
    clusterFinder: { find: (name) => aws(read('eks', 'find'), () => clusterFinder.find(name)) },
    executions: {
      start: (machine, name, input) => aws(write('executions', 'start', machine), () => executions.start(machine, name, input)),
      describe: (execution) =>
        aws(read('executions', 'describe', 'arn' in execution ? 'by ARN' : execution.machine), () => executions.describe(execution)),
      stop: (arn, reason) => aws(write('executions', 'stop'), () => executions.stop(arn, reason)),
    },
    images: {
      resolve: (repository, reference) => aws(read('ecr', 'resolve'), () => images.resolve(repository, reference)),
      pushedSince: (repository, sinceMs) => aws(read('ecr', 'list pushes'), () => images.pushedSince(repository, sinceMs)),
    },
    events: {
      publish: (told) => aws(write('eventbridge', 'publish', told.map(({ detailType }) => detailType).join()), () => events.publish(told)),
    },
    alarms: {
      read: (names) =>
        interposer.make({
          effect: { act, ...read('cloudwatch', 'read alarms') },
          apply: () => alarms.read(names),
          outage: () => names.map((name) => ({ name, state: 'unavailable', reason: 'It was arranged.', sinceMs: undefined })),
        }),
    },
    webhookSecret: { read: (fresh) => aws(read('secrets', 'read'), () => webhookSecret.read(fresh)) },
  };
}

function interposedStore(interposer: Interposer, store: RolloutStore, act: string): RolloutStore {
  const make = <T>(operation: string, object: string, kind: Effect['kind'], apply: () => Promise<T>) =>
    interposer.make({ effect: { act, port: 'store', operation, object, kind }, apply, outage: outages.store });
  return {
    read: (key) => make('read', documentOf(key), 'read', () => store.read(key)),
    list: (partition) => make('list', documentOf({ partition, sort: '' }), 'read', () => store.list(partition)),
    write: (changes) => make('write', changes.map(changeOf).join(' + '), 'write', () => store.write(changes)),
  };
}

/** The kind of a document, without whose it is. */
function documentOf({ partition }: StoreKey): string {
  return partition.split('#')[0] ?? partition;
}

function changeOf(change: StoreChange): string {
  if ('put' in change) return documentOf(change.put);
  return 'remove' in change ? `no ${documentOf(change.remove)}` : `if ${documentOf(change.check)}`;
}

function interposedCluster(interposer: Interposer, api: KubernetesApi, act: string): KubernetesApi {
  const make = <T>(operation: string, ref: ResourceRef, kind: Effect['kind'], apply: () => Promise<T>) =>
    interposer.make({
      effect: { act, port: 'kubernetes', operation, object: objectOf(ref), kind },
      apply,
      outage: outages.kubernetes,
    });
  return {
    read: (ref) => make('get', ref, 'read', () => api.read(ref)),
    list: (ref, labelSelector) => make('list', { ...ref, name: '' }, 'read', () => api.list(ref, labelSelector)),
    write: (change) => make('create' in change ? 'create' : 'patch', refOf(change), 'write', () => api.write(change)),
    remove: (ref, preconditions) => make('delete', ref, 'write', () => api.remove(ref, preconditions)),
  };
}

function refOf(write: KubernetesWrite): ResourceRef {
  if ('create' in write) return write.create;
  return 'jsonPatch' in write ? write.jsonPatch : write.mergePatch;
}

/** The resource and whose side it is, whatever the service is called. */
function objectOf({ resource, name }: ResourceRef): string {
  if (name.endsWith('-canary')) return `${resource} of the canary`;
  return resource;
}
