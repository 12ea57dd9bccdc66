import { type ISecurityGroup, type IVpc, SecurityGroup, Subnet, type SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { SluiceContext } from '../context.ts';

export interface Network {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: ISecurityGroup[];
}

/** The subnets and security groups of the context, by their ids: nothing is looked up in the account. */
export function networkOf(scope: Construct, given: SluiceContext['vpc']): Network | undefined {
  if (given === undefined) return undefined;
  return {
    // The CDK asks for zones to tell the subnets of a VPC by; here they are told by their ids.
    vpc: Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: given.vpcId, availabilityZones: ['not used'] }),
    vpcSubnets: { subnets: given.subnetIds.map((id) => Subnet.fromSubnetId(scope, id, id)) },
    securityGroups: given.securityGroupIds.map((id) => SecurityGroup.fromSecurityGroupId(scope, id, id, { mutable: false })),
  };
}
