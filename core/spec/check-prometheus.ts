import { quote } from './diagnostic.ts';
import type { UnplacedProblem } from './problems-of.ts';
import { isWorkspaceHost, workspaceOf } from './prometheus-workspace.ts';
import type { RolloutSpec } from './rollout-spec.ts';

/** What consoles show, and people copy: an address with the operation behind it. */
const operation = /\/api\/v1(\/(query|query_range|remote_write|alerts|rules|series|labels))?\/?$/;

/** Refuses addresses that no Prometheus could answer at: with an operation behind, or of a workspace whose requests could not be signed. */
export function checkPrometheus({ prometheus }: RolloutSpec['analysis']): UnplacedProblem[] {
  const url = prometheus === undefined ? null : URL.parse(prometheus.url);
  if (url === null) return [];
  const problem = (found: string, expected: string, hint: string): UnplacedProblem[] => [
    { code: 'rule', path: ['analysis', 'prometheus', 'url'], found, expected, hint },
  ];
  const [behind] = operation.exec(url.pathname) ?? [];
  if (behind !== undefined) {
    return problem(`an address that ends in ${quote(behind)}`, 'the address before /api/v1', `leave out ${behind}: Sluice puts it there`);
  }
  if (!isWorkspaceHost(url.hostname)) return [];
  if (url.protocol !== 'https:') return problem('http', 'https', 'Amazon Managed Prometheus answers by https alone');
  if (url.username !== '' || url.password !== '') {
    const hint = 'requests to Amazon Managed Prometheus are signed with the credentials of whoever asks: leave out user and password';
    return problem('a user or a password', 'an address without them', hint);
  }
  if (workspaceOf(url.href) !== undefined) return [];
  const hint = `its console shows it: ${url.origin}/workspaces/ws-…`;
  return problem(url.pathname === '/' ? 'no workspace' : `the path ${quote(url.pathname)}`, 'the address of a workspace', hint);
}
