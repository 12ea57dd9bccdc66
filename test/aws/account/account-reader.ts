import { DescribeClusterCommand, type DescribeClusterCommandOutput } from '@aws-sdk/client-eks';
import * as z from 'zod/mini';
import { createDynamoDbStore } from '../../../adapters/store/dynamodb.ts';
import { Specs } from '../../../adapters/store/specs.ts';
import { type CallerIdentity, readCallerIdentity } from '../../../cli/connection/aws/caller-identity.ts';
import { InvalidInputError, NotFoundError, RolloutRefusedError, StoreUnavailableError } from '../../../core/errors.ts';
import type { RolloutStore } from '../../../core/ports.ts';
import { matchesTag } from '../../../core/spec/tag-match.ts';
import type { RunNames } from '../names.ts';
import type { AwsTestOptions } from '../options.ts';
import { asking, askingJson, type Clients } from './clients.ts';
import { Registry } from './registry.ts';

export interface ClusterFound {
  /** The address of its API. */
  readonly endpoint: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly authenticationMode: string;
}

export interface ImagesFound {
  /** With the registry. */
  readonly repositoryUri: string;
  readonly digests: Readonly<Record<'stable' | 'canary', string>>;
}

/** What an account is asked before anything is made in it. Each answers with what it found, or throws with the way out. */
export interface AccountReader {
  identity(): Promise<CallerIdentity>;
  /** @param hasVpc Whether the deployment puts its functions into a VPC, where they reach a private API. */
  cluster(name: string, hasVpc: boolean): Promise<ClusterFound>;
  images(options: AwsTestOptions): Promise<ImagesFound>;
  assertNobodyElseTakes(repositoryUri: string, names: RunNames): Promise<void>;
  bootstrapVersion(): Promise<number>;
}

const described = z.looseObject({
  status: z.string(),
  endpoint: z.string(),
  certificateAuthority: z.looseObject({ data: z.string() }),
  accessConfig: z.optional(z.looseObject({ authenticationMode: z.optional(z.string()) })),
  resourcesVpcConfig: z.optional(
    z.looseObject({ endpointPublicAccess: z.optional(z.boolean()), publicAccessCidrs: z.optional(z.array(z.string())) }),
  ),
});

/** @throws NotFoundError, InvalidInputError */
export function readCluster(name: string, answer: DescribeClusterCommandOutput['cluster'], hasVpc: boolean): ClusterFound {
  const parsed = described.safeParse(answer);
  if (!parsed.success || parsed.data.status !== 'ACTIVE') {
    throw new NotFoundError(`The cluster ${name} is not ACTIVE, but ${answer?.status ?? 'without a state'}.`, {
      remedy: 'Wait until it is, or choose another.',
    });
  }
  const { endpoint, certificateAuthority, accessConfig, resourcesVpcConfig } = parsed.data;
  const authenticationMode = accessConfig?.authenticationMode ?? 'CONFIG_MAP';
  if (!['API', 'API_AND_CONFIG_MAP'].includes(authenticationMode)) {
    throw new InvalidInputError(`The cluster ${name} takes no access entries: its authentication mode is ${authenticationMode}.`, {
      remedy:
        'Sluice gets into the cluster by them. Allow them (it cannot be taken back): ' +
        `aws eks update-cluster-config --name ${name} --access-config authenticationMode=API_AND_CONFIG_MAP`,
    });
  }
  const { endpointPublicAccess = true, publicAccessCidrs = ['0.0.0.0/0'] } = resourcesVpcConfig ?? {};
  if (!hasVpc && !(endpointPublicAccess && publicAccessCidrs.includes('0.0.0.0/0'))) {
    throw new InvalidInputError(`The API of the cluster ${name} cannot be reached from everywhere, and Sluice is not in its VPC.`, {
      remedy: 'Set `vpc` (vpcId, subnetIds, securityGroupIds) in the context of cdk.json.',
    });
  }
  return { endpoint, certificateAuthority: Buffer.from(certificateAuthority.data, 'base64').toString('utf8'), authenticationMode };
}

const parameter = z.looseObject({ Parameter: z.looseObject({ Value: z.string() }) });

/** Below it `cdk deploy` refuses to work. */
const oldestBootstrap = 6;

export function createAccountReader(clients: Clients): AccountReader {
  const { eks, ecr, sts, ssm, region, setting } = clients;
  return {
    identity: () => readCallerIdentity(sts),
    async cluster(name, hasVpc) {
      const describe = async () => eks.send(new DescribeClusterCommand({ name }));
      const answer = await asking('eks:DescribeCluster', describe).catch((error: unknown) => {
        if (!(error instanceof Error && error.cause instanceof Error && error.cause.name === 'ResourceNotFoundException')) throw error;
        throw new NotFoundError(`There is no EKS cluster ${name} in ${region}.`, {
          remedy: 'Correct --cluster or --region.',
          cause: error,
        });
      });
      return readCluster(name, answer.cluster, hasVpc);
    },
    images: (options) => readImages(new Registry(ecr, options.repository), options),
    assertNobodyElseTakes: (repositoryUri, names) =>
      assertNobodyElseTakes(
        createDynamoDbStore({ call: clients.dynamoDb, tableName: 'sluice', clock: setting.clock }),
        repositoryUri,
        names,
      ),
    async bootstrapVersion() {
      const name = '/cdk-bootstrap/hnb659fds/version';
      const answer = await askingJson(ssm, 'ssm:GetParameter', { Name: name }, ['ParameterNotFound']);
      const version = answer === undefined ? undefined : Number(parameter.parse(answer).Parameter.Value);
      if (version !== undefined && version >= oldestBootstrap) return version;
      const found =
        version === undefined ? 'not bootstrapped for the CDK' : `bootstrapped in version ${version}, and ${oldestBootstrap} is needed`;
      throw new NotFoundError(`This account is ${found} in ${region}.`, { remedy: 'Run `npx cdk bootstrap` once.' });
    },
  };
}

/** @throws NotFoundError, InvalidInputError */
export async function readImages(
  registry: Pick<Registry, 'uri' | 'digestOf'>,
  { repository, stableTag, canaryTag }: AwsTestOptions,
): Promise<ImagesFound> {
  const repositoryUri = await registry.uri();
  const digests = { stable: await registry.digestOf(stableTag), canary: await registry.digestOf(canaryTag) };
  if (digests.stable === digests.canary) {
    throw new InvalidInputError(`${repository}:${stableTag} and :${canaryTag} are one and the same image.`, {
      remedy: 'Name two tags of different digests: an image that stable runs already starts no rollout.',
    });
  }
  return { repositoryUri, digests };
}

/**
 * A Sluice that is deployed already, under the usual prefix, must not take this test's pushes for its own. One that cannot be read, mostly
 * because there is none, has nothing to say here; docs/test-aws.md names what is left to the owner.
 *
 * @throws RolloutRefusedError
 */
export async function assertNobodyElseTakes(store: RolloutStore, repositoryUri: string, names: RunNames): Promise<void> {
  const specs = new Specs(store);
  try {
    for (const rollout of await specs.namesForRepository(repositoryUri)) {
      const { spec } = await specs.load(rollout);
      if (!matchesTag(names.tag('push'), spec.image.tags)) continue;
      throw new RolloutRefusedError(
        `The rollout ${rollout} of your deployment sluice would take this test's pushes to ${repositoryUri}, too.`,
        {
          remedy: `Use another repository, or narrow its image.tags so that ${names.tagPattern} is not among them.`,
        },
      );
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailableError || error instanceof NotFoundError)) throw error;
  }
}
