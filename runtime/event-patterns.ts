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

/** How often the sweep runs. */
export const sweepEverySeconds = 60;
