/**
 * Which events start what: the same patterns for the rules that the stacks deploy and for the sandbox's bus. Their number is constant;
 * repositories and alarms are looked up in the store.
 */
export const eventPatterns = {
  /** A pushed image with a tag. Untagged manifests are the parts of a multi-arch image, and start nothing. */
  imagePush: {
    source: ['aws.ecr'],
    'detail-type': ['ECR Image Action'],
    detail: { 'action-type': ['PUSH'], result: ['SUCCESS'], 'image-tag': [{ 'anything-but': '' }] },
  },
  /** All states, not only ALARM: the judge reads what the last event said. */
  alarmStateChange: {
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
  },
} as const;

/**
 * An execution of the rollout machine died: it failed, timed out, or somebody stopped it. Only of that machine: the sweep starts a rollback
 * that died again, and one that dies at once would be started as fast as the events come.
 *
 * @param rolloutMachineArn Deploy-time data: the account and the region are in it.
 */
export function executionStatusChange(rolloutMachineArn: string) {
  return {
    source: ['aws.states'],
    'detail-type': ['Step Functions Execution Status Change'],
    detail: { stateMachineArn: [rolloutMachineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
  };
}

/** How often the sweep runs. */
export const sweepEverySeconds = 60;
