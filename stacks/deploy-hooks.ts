import { CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Controller } from './controller/controller.ts';
import type { SpecFile } from './rollout-specs.ts';

/** CloudFormation waits an hour for a custom resource that does not answer, where it is not told otherwise. */
const serviceTimeout = Duration.minutes(5);

/** What a deployment does besides making resources: it applies the specs. */
export class DeployedSpecs extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly controller: Controller; readonly specs: readonly SpecFile[]; readonly version: string },
  ) {
    super(scope, id);
    const { functionArn } = props.controller.live('DeploySpec');
    for (const { file, text, spec } of props.specs) {
      new CustomResource(this, spec.name, {
        resourceType: 'Custom::SluiceSpec',
        serviceToken: functionArn,
        serviceTimeout,
        properties: { file, text, version: props.version },
      });
    }
    // The function knows the store by its name only, and would be called before there is one.
    this.node.addDependency(props.controller);
  }
}

/**
 * Refuses to be removed while a rollout runs. It depends on everything else in the stack: CloudFormation then removes it first,
 * and where it refuses, nothing else was touched (O6).
 */
export class RemovalGuard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { controller, everything }: { readonly controller: Controller; readonly everything: readonly Construct[] },
  ) {
    super(scope, id);
    const guard = new CustomResource(this, 'Guard', {
      resourceType: 'Custom::SluiceRemovalGuard',
      serviceToken: controller.live('GuardRemoval').functionArn,
      serviceTimeout,
    });
    guard.node.addDependency(...everything);
  }
}
