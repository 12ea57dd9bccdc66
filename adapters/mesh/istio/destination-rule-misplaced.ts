import * as z from 'zod/mini';
import type { Finding } from '../../../core/preflight/finding.ts';

/**
 * Fields that published examples put into a DestinationRule, and where in an http route of a VirtualService they belong. The API server drops
 * them from a live object without a word, so that what was meant (say, retries) does not happen.
 */
const belongsTo: Readonly<Record<string, string>> = {
  retries: 'retries',
  retry: 'retries',
  retryPolicy: 'retries',
  attempts: 'retries.attempts',
  perTryTimeout: 'retries.perTryTimeout',
  retryOn: 'retries.retryOn',
  timeout: 'timeout',
  requestTimeout: 'timeout',
  fault: 'fault',
  mirror: 'mirror',
  mirrors: 'mirrors',
  mirrorPercentage: 'mirrorPercentage',
  match: 'match',
  route: 'route',
  weight: 'route[].weight',
  headers: 'headers',
  rewrite: 'rewrite',
  redirect: 'redirect',
  corsPolicy: 'corsPolicy',
};

const record = z.record(z.string(), z.unknown());
type Fields = z.infer<typeof record>;

const manifest = z.looseObject({
  apiVersion: z.string().check(z.startsWith('networking.istio.io/')),
  kind: z.literal('DestinationRule'),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.optional(z.string()),
    annotations: z.nullish(record),
  }),
  spec: z.nullish(record),
});

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Fields of http routes that a DestinationRule's manifest bears, and where they belong: a manifest from a file, or a live object, which shows
 * them only in what `kubectl apply` remembers of its manifest. Nothing where it is no DestinationRule of Istio.
 *
 * @example trafficPolicy.retries belongs to spec.http[].retries of the VirtualService
 */
export function findMisplacedFields(object: unknown, inNamespace = 'default'): Finding[] {
  const parsed = manifest.safeParse(object);
  if (!parsed.success) return [];
  const { metadata, spec } = parsed.data;
  const applied = manifest.safeParse(parseJson(metadata.annotations?.[lastApplied]));
  const paths = new Set([...misplacedIn(spec ?? {}), ...(applied.success ? misplacedIn(applied.data.spec ?? {}) : [])]);
  const subject = `DestinationRule ${metadata.namespace ?? inNamespace}/${metadata.name}`;
  return [...paths].map((path) => findingOf(subject, path));
}

function findingOf(subject: string, path: string): Finding {
  const field = path.slice(path.lastIndexOf('.') + 1);
  const place = belongsTo[field] ?? field;
  return {
    severity: 'warning',
    subject,
    message: `${path} is no field of a DestinationRule: the API server drops it, and nothing comes of it.`,
    remedy: `Write it on the VirtualService, as spec.http[].${place}, and take it out of the DestinationRule.${place.startsWith('retries') ? ' A rollout may ask for its own by resilience.retries in the spec.' : ''}`,
  };
}

function misplacedIn(spec: Fields): string[] {
  const subsets = listAt(spec, 'subsets').flatMap((subset, index) =>
    inPolicy(fieldsAt(subset, 'trafficPolicy'), `spec.subsets[${index}].trafficPolicy`),
  );
  return [...misplacedHere(spec, 'spec'), ...inPolicy(fieldsAt(spec, 'trafficPolicy'), 'spec.trafficPolicy'), ...subsets];
}

function inPolicy(policy: Fields, path: string): string[] {
  const inside = ['connectionPool', 'outlierDetection', 'loadBalancer'].flatMap((field) =>
    misplacedHere(fieldsAt(policy, field), `${path}.${field}`),
  );
  const pool = fieldsAt(policy, 'connectionPool');
  const protocols = ['http', 'tcp'].flatMap((field) => misplacedHere(fieldsAt(pool, field), `${path}.connectionPool.${field}`));
  const ports = listAt(policy, 'portLevelSettings').flatMap((port, index) => inPolicy(port, `${path}.portLevelSettings[${index}]`));
  return [...misplacedHere(policy, path), ...inside, ...protocols, ...ports];
}

function misplacedHere(fields: Fields, path: string): string[] {
  return Object.keys(fields)
    .filter((field) => Object.hasOwn(belongsTo, field))
    .map((field) => `${path}.${field}`);
}

function fieldsAt(fields: Fields, field: string): Fields {
  const parsed = record.safeParse(fields[field]);
  return parsed.success ? parsed.data : {};
}

function listAt(fields: Fields, field: string): Fields[] {
  const parsed = z.array(record).safeParse(fields[field]);
  return parsed.success ? parsed.data : [];
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
