import type { Finding } from '../../../core/preflight/finding.ts';
import type { Unread } from './list-kind.ts';

const words: Readonly<Record<Unread['why'], string>> = {
  forbidden: 'may not be read',
  unavailable: 'could not be read now',
  unknownShape: 'could not be understood',
};

/** What was not looked at, in one finding, or none. Which verbs are missing stands in the remedy, as a Role has them. */
export function unreadFinding(unread: readonly Unread[], namespace: string): Finding[] {
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
      remedy:
        forbidden.length === 0
          ? ''
          : `Allow the verb list in a Role of the namespace, or see for yourself that they cover both sides:\n${rules(forbidden)}`,
    },
  ];
}

function rules(forbidden: readonly Unread[]): string {
  const groups = new Set(forbidden.map(groupOf));
  return [...groups]
    .map((group) => {
      const resources = forbidden.filter((each) => groupOf(each) === group).map(({ resource }) => resource);
      return `- apiGroups: [${group || "''"}]\n  resources: [${resources.join(', ')}]\n  verbs: [list]`;
    })
    .join('\n');
}

function groupOf({ apiVersion }: Unread): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
