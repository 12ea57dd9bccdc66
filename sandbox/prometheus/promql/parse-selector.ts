import type { SyntaxNode } from '@lezer/common';
import { metricName } from '../labels.ts';
import type { Matcher } from '../series-store.ts';
import type { Selector } from './expression.ts';
import { durationMs } from './literals.ts';
import { compileRegexp } from './regexp.ts';
import type { Source } from './source.ts';

/** `requests_total{code=~"5.."}` */
export function parseSelector(source: Source, node: SyntaxNode): Selector {
  const identifier = node.getChild('Identifier');
  const name = identifier === null ? undefined : source.text(identifier);
  const inBraces = node.getChild('LabelMatchers');
  const matchers: Matcher[] = [];
  for (let child = inBraces?.firstChild ?? null; child !== null; child = child.nextSibling) {
    const matcher = toMatcher(source, child);
    if (matcher !== undefined) matchers.push(matcher);
  }
  const twice = matchers.find(({ label }) => label === metricName);
  if (name !== undefined && twice !== undefined) {
    source.fail(node, `metric name must not be set twice: "${name}" or "${twice.value}"`);
  }
  if (name !== undefined) matchers.push(makeMatcher(source, node, metricName, '=', name));
  if (matchers.every((matcher) => matcher.matches(''))) {
    source.fail(node, 'vector selector must contain at least one non-empty matcher');
  }
  return { kind: 'selector', matchers, offsetMs: source.takeOffset(node)?.ms ?? 0, rangeMs: undefined, position: node.from };
}

/** `requests_total[5m]` */
export function parseRange(source: Source, node: SyntaxNode): Selector {
  const of = source.child(node, 'Expr');
  if (of.name !== 'VectorSelector') source.fail(node, 'ranges only allowed for vector selectors');
  if (source.takeOffset(of) !== undefined) source.fail(node, 'no offset modifiers allowed before range');
  const duration = source.child(node, 'DurationExpr');
  const rangeMs = durationMs(source.text(duration));
  if (typeof rangeMs === 'string') return source.fail(duration, rangeMs);
  if (rangeMs <= 0) source.fail(duration, 'duration must be greater than 0');
  return { ...parseSelector(source, of), rangeMs, offsetMs: source.takeOffset(node)?.ms ?? 0 };
}

function toMatcher(source: Source, node: SyntaxNode): Matcher | undefined {
  switch (node.name) {
    case 'UnquotedLabelMatcher':
    case 'QuotedLabelMatcher': {
      const unquoted = node.getChild('LabelName');
      const label = unquoted === null ? quotedName(source, source.child(node, 'QuotedLabelName')) : source.text(unquoted);
      const op = source.text(source.child(node, 'MatchOp'));
      return makeMatcher(source, node, label, op, source.string(source.child(node, 'StringLiteral')));
    }
    case 'QuotedLabelName':
      return makeMatcher(source, node, metricName, '=', quotedName(source, node));
    default:
      return undefined;
  }
}

function quotedName(source: Source, node: SyntaxNode): string {
  return source.string(source.child(node, 'StringLiteral'));
}

function makeMatcher(source: Source, node: SyntaxNode, label: string, op: string, value: string): Matcher {
  if (op === '=') return { label, op, value, matches: (other) => other === value };
  if (op === '!=') return { label, op, value, matches: (other) => other !== value };
  const regexp = compileRegexp(value);
  if (typeof regexp === 'string') return source.fail(node, regexp);
  return op === '=~'
    ? { label, op, value, matches: (other) => regexp.test(other) }
    : { label, op: '!~', value, matches: (other) => !regexp.test(other) };
}
