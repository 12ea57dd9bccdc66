/** What one run calls the things that it makes. All carry its id, so that two runs, and an older one's remains, never meet. */
export interface RunNames {
  readonly id: string;
  /** Of the deployment: its stack, its table, and what the names of its functions and machines begin with. */
  readonly prefix: string;
  readonly namespace: string;
  /** Of the rollout, and of its Deployment, Service, container and VirtualService. */
  readonly service: string;
  readonly alarm: string;
  readonly metricNamespace: string;
  readonly metric: string;
  /** The pattern that the spec takes: the tags of this run and no others. */
  readonly tagPattern: string;
  /** @param story What the image is pushed for: `push`. */
  tag(story: string): string;
}

/** @example namesOf('sluice-test', 'k3f9a2').tag('push') // 'sluice-test-k3f9a2-push' */
export function namesOf(namespacePrefix: string, id: string): RunNames {
  const prefix = `${namespacePrefix}-${id}`;
  return {
    id,
    prefix,
    namespace: prefix,
    service: 'web',
    alarm: `${prefix}-alarm`,
    metricNamespace: 'SluiceTest',
    metric: prefix,
    tagPattern: `${prefix}-*`,
    tag: (story) => `${prefix}-${story}`,
  };
}

/** Six letters and digits, from 30 random bits. */
export function newId(random: (count: number) => Uint8Array): string {
  return [...random(6)].map((byte) => (byte % 32).toString(32)).join('');
}
