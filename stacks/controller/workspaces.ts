import { type PrometheusWorkspace, workspaceOf } from '../../core/spec/prometheus-workspace.ts';
import type { SpecFile } from '../rollout-specs.ts';
import type { ResourceArns } from './function-role.ts';
import type { Arns } from './names.ts';

/** Which workspaces of Amazon Managed Prometheus are asked, and what for. */
export interface Workspaces {
  /** Of this account, by the addresses in the specs. */
  readonly queried: readonly PrometheusWorkspace[];
  /** Those of them whose alerts a spec names. */
  readonly alerting: readonly PrometheusWorkspace[];
  /** ARNs of the context, of which nobody knows what they will be asked. */
  readonly given: readonly string[];
}

export function workspacesOf(specs: readonly Pick<SpecFile, 'spec'>[], given: readonly string[]): Workspaces {
  const asked = specs.flatMap(({ spec: { analysis } }) => {
    const workspace = analysis.prometheus === undefined ? undefined : workspaceOf(analysis.prometheus.url);
    return workspace === undefined ? [] : [{ workspace, alerts: analysis.alerts.length > 0 }];
  });
  return {
    queried: asked.map(({ workspace }) => workspace),
    alerting: asked.filter(({ alerts }) => alerts).map(({ workspace }) => workspace),
    given,
  };
}

/** What functions may read there. Nothing where no spec asks a workspace: the permissions are then left out. */
export function workspaceArns({ queried, alerting, given }: Workspaces, arns: Arns): Pick<ResourceArns, 'workspaces' | 'alertWorkspaces'> {
  const all = (asked: readonly PrometheusWorkspace[]) => [...new Set([...asked.map(arns.workspace), ...given])].toSorted();
  return { workspaces: all(queried), alertWorkspaces: all(alerting) };
}
