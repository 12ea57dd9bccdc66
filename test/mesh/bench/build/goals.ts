import { pins } from './pins.ts';

/** One program that Go builds. */
export interface GoGoal {
  readonly program: string;
  /** A folder of `../go`. */
  readonly module: 'kubernetes' | 'etcd' | 'istiod' | 'prometheus';
  readonly package: string;
  readonly linkerFlags?: string;
  readonly tags?: string;
}

const [major, minor] = pins.kubernetes.split('.');
const version = 'k8s.io/component-base/version';
/** kubectl, istiod and the discovery of APIs ask the server for its version; unset it is 0.0.0. */
const kubernetesVersion = [`gitVersion=v${pins.kubernetes}`, `gitMajor=${major}`, `gitMinor=${minor}`]
  .map((setting) => `-X ${version}.${setting}`)
  .join(' ');

/** On two cores and cold some 5, 2 and 6 minutes, some seconds, 2 and 1 minutes. */
export const goGoals: readonly GoGoal[] = [
  { program: 'kube-apiserver', module: 'kubernetes', package: './kube-apiserver', linkerFlags: kubernetesVersion },
  { program: 'kube-controller-manager', module: 'kubernetes', package: './kube-controller-manager', linkerFlags: kubernetesVersion },
  { program: 'istiod', module: 'istiod', package: 'istio.io/istio/pilot/cmd/pilot-discovery' },
  { program: 'pilot-agent', module: 'istiod', package: 'istio.io/istio/pilot/cmd/pilot-agent' },
  // Without the discovery of clouds, which is most of it: targets are written down.
  { program: 'prometheus', module: 'prometheus', package: 'github.com/prometheus/prometheus/cmd/prometheus', tags: 'remove_all_sd' },
  { program: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
];

/** Modules are read as they are pinned, never raised; the programs need no C. */
export const goEnvironment = { GOFLAGS: '-mod=readonly', CGO_ENABLED: '0', GOWORK: 'off' } as const;

export function goBuildArguments({ package: main, linkerFlags = '', tags = '' }: GoGoal, output: string): string[] {
  return ['build', '-trimpath', '-tags', tags, '-ldflags', `-s -w ${linkerFlags}`.trim(), '-o', output, main];
}
