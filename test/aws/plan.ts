import type { RunNames } from './names.ts';
import type { AwsTestOptions } from './options.ts';

/** What is about to happen, exactly: printed before anybody is asked. */
export function formatPlan({ cluster, repository, stableTag, canaryTag, keep }: AwsTestOptions, names: RunNames): string {
  const { prefix, namespace, service, alarm, metricNamespace, metric } = names;
  return `It will make:
  the alarm ${alarm}, and data of its metric ${metricNamespace}/${metric}
  in the cluster ${cluster}, the namespace ${namespace} with Sluice's Role and RoleBinding, and the Deployment (2 pods of
    ${repository}:${stableTag}), the Service and the VirtualService ${service}; Sluice adds ${service}-canary and takes it away
  the CloudFormation stack ${prefix}: Sluice itself, with access entries for its roles in ${cluster}
  in the repository ${repository}, the tags ${names.tag('push')} (the image of ${canaryTag})
    and ${names.tag('rollback')} (the image of ${stableTag}); no image is uploaded

It will play, in about 20 minutes:
  push      the canary's image is pushed, and becomes the stable one
  rollback  the other image is pushed; the alarm fires in the middle of the bake, and takes it back
  sweep     it is started once more by hand and its execution is stopped; the sweep takes it back

It costs less than 0.10 USD: state transitions, Lambda seconds, one alarm and one metric of high resolution for as long as it takes.

${keep ? 'It will remove nothing in the end (--keep), and print the commands that do.' : removalText(names)}`;
}

function removalText({ prefix, namespace, alarm }: RunNames): string {
  return `It will remove, in the end and also after a failure or Ctrl-C:
  the stack ${prefix}, and what a stack leaves behind: the table ${prefix} (its deletion protection is taken off first) and logs
  both tags (the images and their other tags stay), the namespace ${namespace}, the alarm ${alarm}
  What stays: assets in the CDK's bootstrap bucket, which expire by its own rules, and the metric, for 15 months, at no cost.`;
}
