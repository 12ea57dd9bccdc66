import type { CallerIdentity } from '../../../cli/connection/aws/caller-identity.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { ClusterLink } from '../cluster/kubeconfig.ts';
import type { TestCluster } from '../cluster/test-cluster.ts';
import type { RunNames } from '../names.ts';
import type { AwsTestOptions } from '../options.ts';
import type { Check } from '../preflight.ts';
import type { AccountReader, ClusterFound, ImagesFound } from './account-reader.ts';

/** What the checks found out, and what is made is made with. */
export interface AccountFacts extends ImagesFound {
  readonly identity: CallerIdentity;
  readonly cluster: TestCluster;
}

export interface CheckSetting {
  readonly options: AwsTestOptions;
  readonly names: RunNames;
  readonly region: string;
  readonly reader: AccountReader;
  /** Whether cdk.json puts the functions into a VPC. */
  readonly hasVpc: () => Promise<boolean>;
  /** Opens the person's kubeconfig. */
  readonly link: () => Promise<{ readonly link: Pick<ClusterLink, 'context' | 'endpoint'>; readonly cluster: TestCluster }>;
}

/** Everything that must be there, and afterwards the facts. */
export function createChecks(setting: CheckSetting): { readonly checks: readonly Check[]; facts(): AccountFacts } {
  const { options, names, region, reader } = setting;
  let identity: CallerIdentity | undefined;
  let found: ClusterFound | undefined;
  let cluster: TestCluster | undefined;
  let images: ImagesFound | undefined;
  const checks: Check[] = [
    {
      name: 'account',
      look: async () => {
        identity = await reader.identity();
        return `${identity.account} in ${region}, as ${identity.arn}`;
      },
    },
    {
      name: 'cluster',
      look: async () => {
        found = await reader.cluster(options.cluster, await setting.hasVpc());
        return `${options.cluster}, access entries by ${found.authenticationMode}`;
      },
    },
    {
      name: 'kubeconfig',
      look: async () => {
        const opened = await setting.link();
        if (found !== undefined) assertSameCluster(opened.link, found, options.cluster);
        cluster = opened.cluster;
        return `context ${opened.link.context}, ${opened.link.endpoint.endpoint}`;
      },
    },
    {
      name: 'Istio',
      look: async () => {
        if (cluster === undefined) throw unknown('the cluster cannot be reached');
        await cluster.assertServesVirtualServices();
        return 'VirtualServices are served as networking.istio.io/v1';
      },
    },
    {
      name: 'images',
      look: async () => {
        images = await reader.images(options);
        const { stable, canary } = images.digests;
        return `${options.stableTag} is ${stable.slice(0, 19)}, ${options.canaryTag} is ${canary.slice(0, 19)}`;
      },
    },
    {
      name: 'other rollouts',
      look: async () => {
        if (images === undefined) throw unknown('the repository is not known');
        await reader.assertNobodyElseTakes(images.repositoryUri, names);
        return `none of the deployment sluice takes ${names.tagPattern}`;
      },
    },
    { name: 'CDK', look: async () => `bootstrapped, version ${await reader.bootstrapVersion()}` },
  ];
  return {
    checks,
    facts() {
      if (identity === undefined || cluster === undefined || images === undefined) throw unknown('not all of it was looked at');
      return { identity, cluster, ...images };
    },
  };
}

/** By its address, or by its authority: through a tunnel the address is another. @throws InvalidInputError */
function assertSameCluster({ context, endpoint }: Pick<ClusterLink, 'context' | 'endpoint'>, found: ClusterFound, name: string): void {
  const plain = (text: string) => text.trim().replace(/\/+$/, '').toLowerCase();
  const sameAddress = plain(endpoint.endpoint) === plain(found.endpoint);
  if (sameAddress || (endpoint.certificateAuthority !== '' && plain(endpoint.certificateAuthority) === plain(found.certificateAuthority)))
    return;
  throw new InvalidInputError(`The context ${context} leads to ${endpoint.endpoint}, and the cluster ${name} is at ${found.endpoint}.`, {
    remedy: `Write it with \`aws eks update-kubeconfig --name ${name}\`, or name the right one with --context.`,
  });
}

function unknown(why: string): InvalidInputError {
  return new InvalidInputError(`It was not looked at: ${why}.`, { remedy: 'Mend what is missing before it.' });
}
