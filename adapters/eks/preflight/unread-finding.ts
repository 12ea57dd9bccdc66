import type { Finding } from '../../../core/preflight/finding.ts';
import type { Unread } from './list-kind.ts';

const words: Readonly<Record<Unread['why'], string>> = {
  forbidden: 'may not be read',
  unavailable: 'could not be read now',
  unknownShape: 'could not be understood',
};

/** What was not looked at, in one finding, or none. Which verbs are missing stands in the remedy, as a Role has them. */
export function unreadFinding(unread: readonly Unread[], namespace: string): Finding[] {
  return findingOf(
    unread,
    namespace,
    (forbidden) => `Allow the verb list in a Role of the namespace, or ${seeForYourself}\n${rules(forbidden)}`,
  );
}

/** The same of the root namespace of Istio, for which the shipped Role is none: the remedy is a Role of its own. */
export function unreadRootFinding(unread: readonly Unread[], rootNamespace: string): Finding[] {
  return findingOf(
    unread,
    rootNamespace,
    (
      forbidden,
    ) => `Its policies hold for the whole mesh. Apply stacks/cluster-access/rbac-root-namespace.yaml, which binds this Role to the group of Sluice, or ${seeForYourself}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: sluice-root-namespace
  namespace: ${rootNamespace}
rules:
${rules(forbidden).replaceAll(/^/gm, '  ')}`,
  );
}

const seeForYourself = 'see for yourself that they cover both sides:';

function findingOf(unread: readonly Unread[], namespace: string, remedyFor: (forbidden: readonly Unread[]) => string): Finding[] {
  if (unread.length === 0) return [];
  const reasons = (Object.keys(words) as Unread['why'][]).flatMap((why) => {
    const kinds = unread.filter((each) => each.why === why).map(({ kind }) => kind);
    return kinds.length === 0 ? [] : [`${kinds.join(', ')} ${words[why]}`];
  });
  const forbidden = unread.filter(({ why }) => why === 'forbidden');
  return [
    {
      severity: 'unread',
      subject: `namespace ${namespace}`,
      message: `Not looked at: ${reasons.join('; ')}.`,
      remedy: forbidden.length === 0 ? '' : remedyFor(forbidden),
    },
  ];
}

function rules(forbidden: readonly Unread[]): string {
  const groups = new Set(forbidden.map(groupOf));
  return [...groups]
    .map((group) => {
      const ofGroup = forbidden.filter((each) => groupOf(each) === group);
      const resources = ofGroup.map(({ resource }) => resource).join(', ');
      const [name] = ofGroup.flatMap((each) => each.name ?? []);
      const access = name === undefined ? 'verbs: [list]' : `resourceNames: [${name}]\n  verbs: [get]`;
      return `- apiGroups: [${group || "''"}]\n  resources: [${resources}]\n  ${access}`;
    })
    .join('\n');
}

function groupOf({ apiVersion }: Unread): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
