import { RouteRejectedError } from '../../../core/errors.ts';
import type { KubernetesObject, RouteTarget } from '../../../core/ports.ts';
import type { IstioRoute } from '../../../core/spec/router-spec.ts';
import { isInserted } from './inserted-rules.ts';
import { partsOf, sidesOf } from './sides.ts';
import { destinationsText, type Fields, nameOf, type Rule, type RuleKind, rulesOf } from './virtual-service.ts';

/**
 * The rule that a spec's route names, or the only one of its kind that leads to stable.
 *
 * @throws RouteRejectedError where there is none, more than one, or one that cannot be steered by weights.
 */
export function findRule(virtualService: KubernetesObject, ref: IstioRoute, target: RouteTarget): Rule {
  const { kind, named, key, isNamed } = identityOf(ref);
  const rules = rulesOf(virtualService).filter((rule) => rule.kind === kind && !isInserted(rule, target));
  const fitting = rules.filter((rule) => (isNamed === undefined ? leadsToStable(rule, target) : isNamed(rule)));
  const [rule, second] = fitting;
  if (rule === undefined || second !== undefined) {
    const stable = sidesOf(target).nameOf('stable');
    const wanted =
      isNamed === undefined ? `no ${kind} route named, and ${fitting.length} lead to ${stable}` : `${fitting.length} are ${named}`;
    throw new RouteRejectedError(
      `${nameOf(virtualService)}: ${wanted}. Its ${kind} routes are: ${rules.map(textOf).join(', ') || 'none'}.`,
      {
        remedy: `Name the one to steer as \`${key}\` under router.routes in the spec.`,
      },
    );
  }
  assertSteerable(virtualService, rule, target);
  return rule;
}

/** Whether one of a spec's routes names the rule. */
export function isNamedBy(refs: readonly IstioRoute[], rule: Rule): boolean {
  return refs.map(identityOf).some(({ kind, isNamed }) => kind === rule.kind && isNamed?.(rule) === true);
}

/** How a spec's route says which rule it means. */
interface Identity {
  readonly kind: RuleKind;
  /** For a message: rules that `are named main`, or `of port 5432`. */
  readonly named: string;
  /** For a remedy: where in the spec it is said. */
  readonly key: string;
  /** Undefined where the spec leaves it out, and means the only one that leads to stable. */
  readonly isNamed: ((rule: Rule) => boolean) | undefined;
}

function identityOf({ http, tcp, tls }: IstioRoute): Identity {
  if (tcp !== undefined) {
    const { port } = tcp;
    const isNamed = ({ match = [] }: Rule) => match.some((one) => one['port'] === port);
    return { kind: 'tcp', named: `of port ${port}`, key: 'tcp: { port: … }', isNamed: port === undefined ? undefined : isNamed };
  }
  if (tls !== undefined) {
    const { sniHost } = tls;
    const isNamed = ({ match = [] }: Rule) => match.some((one) => sniHostsOf(one).includes(sniHost));
    return { kind: 'tls', named: `of ${sniHost}`, key: 'tls: { sniHost: … }', isNamed: sniHost === undefined ? undefined : isNamed };
  }
  return { kind: 'http', named: `named ${http}`, key: 'http:', isNamed: http === undefined ? undefined : ({ name }) => name === http };
}

function sniHostsOf(match: Fields): readonly unknown[] {
  return Array.isArray(match['sniHosts']) ? match['sniHosts'] : [];
}

function textOf({ kind, name, match = [] }: Rule): string {
  if (kind === 'http') return name ?? '(unnamed)';
  const of = match.flatMap((one) => (kind === 'tcp' ? [one['port']] : sniHostsOf(one)));
  return of.map(String).join('/') || '(any)';
}

/** Whether requests of the rule reach stable. */
export function leadsToStable(rule: Rule, target: RouteTarget): boolean {
  return partsOf(rule, target).stable.length > 0;
}

function assertSteerable(virtualService: KubernetesObject, rule: Rule, target: RouteTarget): void {
  const answers = ['delegate', 'redirect', 'directResponse'].some((field) => rule.whole[field] !== undefined);
  if (answers || rule.whole['route'] === undefined) {
    throw new RouteRejectedError(
      `Route ${rule.name ?? rule.index} of ${nameOf(virtualService)} delegates, redirects or answers by itself.`,
      {
        remedy: 'Let the spec name the VirtualService that holds the destinations.',
      },
    );
  }
  const { stable, canary } = partsOf(rule, target);
  if (stable.length === 1 && canary.length <= 1) return;
  const { nameOf: sideName } = sidesOf(target);
  throw new RouteRejectedError(
    `${nameOf(virtualService)} leads to ${destinationsText(rule.route)}; expected ${sideName('stable')} once, and ${sideName('canary')} at most once beside it.`,
    { remedy: 'Give this service a rule of its own, with one destination that is stable.' },
  );
}
