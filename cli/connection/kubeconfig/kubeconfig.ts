import { parse } from 'yaml';
import * as z from 'zod/mini';
import { InvalidInputError, NotFoundError } from '../../../core/errors.ts';

/**
 * The parts of a kubeconfig that say where a cluster is and who asks. Null stands for a list that is empty: kubectl writes it so.
 * Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
const named = <Schema extends z.ZodMiniType>(key: string, value: Schema) =>
  z.pipe(
    z.nullish(z.array(z.looseObject({ name: z.string(), [key]: z.unknown() }))),
    z.transform((entries) => (entries ?? []).map((entry) => ({ name: String(entry['name']), value: value.parse(entry[key]) }))),
  );

const clusterEntry = z.looseObject({
  server: z.string(),
  'certificate-authority': z.optional(z.string()),
  'certificate-authority-data': z.optional(z.string()),
  'insecure-skip-tls-verify': z.optional(z.boolean()),
});

const execEntry = z.looseObject({
  apiVersion: z.string(),
  command: z.string().check(z.minLength(1)),
  args: z.nullish(z.array(z.string())),
  env: z.nullish(z.array(z.looseObject({ name: z.string(), value: z.string() }))),
});
export type ExecEntry = z.infer<typeof execEntry>;

const userEntry = z.looseObject({
  token: z.optional(z.string()),
  tokenFile: z.optional(z.string()),
  'client-certificate': z.optional(z.string()),
  'client-certificate-data': z.optional(z.string()),
  'client-key': z.optional(z.string()),
  'client-key-data': z.optional(z.string()),
  exec: z.optional(execEntry),
});
export type UserEntry = z.infer<typeof userEntry>;
export type ClusterEntry = z.infer<typeof clusterEntry>;

const kubeconfig = z.looseObject({
  'current-context': z.optional(z.string()),
  clusters: named('cluster', clusterEntry),
  users: named('user', userEntry),
  contexts: named('context', z.looseObject({ cluster: z.string(), user: z.string() })),
});

export interface KubeconfigContext {
  readonly name: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
}

/**
 * The context that was asked for, or the current one.
 *
 * @throws InvalidInputError where the text is no kubeconfig, NotFoundError where it has no such context.
 */
export function readContext(text: string, file: string, wanted: string | undefined): KubeconfigContext {
  const config = parseKubeconfig(text, file);
  const name = wanted ?? config['current-context'] ?? '';
  const context = config.contexts.find((entry) => entry.name === name)?.value;
  if (context === undefined) {
    const names = config.contexts.map((entry) => entry.name).join(', ') || 'none';
    throw new NotFoundError(name === '' ? `${file} names no current context.` : `${file} has no context ${name}.`, {
      remedy: `Give one with --context; there are: ${names}.`,
    });
  }
  const cluster = config.clusters.find((entry) => entry.name === context.cluster)?.value;
  const user = config.users.find((entry) => entry.name === context.user)?.value;
  if (cluster === undefined || user === undefined) {
    throw new NotFoundError(`The context ${name} of ${file} names a cluster or a user that is not there.`, {
      remedy: 'Write the kubeconfig anew, for example with `aws eks update-kubeconfig`.',
    });
  }
  return { name, cluster, user };
}

function parseKubeconfig(text: string, file: string): z.infer<typeof kubeconfig> {
  try {
    return kubeconfig.parse(parse(text));
  } catch (cause) {
    throw new InvalidInputError(`${file} is no kubeconfig.`, {
      remedy: 'Write it anew, for example with `aws eks update-kubeconfig`, or name another with --kubeconfig.',
      cause,
    });
  }
}
