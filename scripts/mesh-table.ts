import { capabilitiesOf, type RouteKind, type RouterCapabilities } from '../core/spec/router-capabilities.ts';
import type { RouterKind } from '../core/spec/router-spec.ts';

interface Column {
  readonly title: string;
  readonly kind: RouterKind;
  readonly route: RouteKind;
}

/** Kinds of routes that can do the same stand in one column; a test sees to it that none is missing. */
export const columns: readonly Column[] = [
  { title: 'Istio, http', kind: 'istio', route: 'http' },
  { title: 'Istio, tcp and tls', kind: 'istio', route: 'tcp' },
  { title: 'Gateway API, HTTPRoute', kind: 'gatewayApi', route: 'http' },
  { title: 'Gateway API, GRPCRoute', kind: 'gatewayApi', route: 'grpc' },
  { title: 'Linkerd, HTTPRoute', kind: 'linkerd', route: 'http' },
  { title: 'Linkerd, GRPCRoute', kind: 'linkerd', route: 'grpc' },
  { title: 'Consul', kind: 'consul', route: 'splitter' },
];

const kindNames: Readonly<Record<RouterKind, string>> = {
  istio: '`istio`',
  gatewayApi: '`gatewayApi`',
  linkerd: '`linkerd`',
  consul: '`consul`',
};
const splitsBetween: Readonly<Record<RouterCapabilities['subsets'], string>> = {
  never: 'two Services',
  optional: 'two Services, or two subsets',
  always: 'two subsets',
};

const rows: readonly (readonly [title: string, cell: (of: RouterCapabilities, column: Column) => string])[] = [
  ['`router.kind`', (_, { kind }) => kindNames[kind]],
  ['splits between', (of) => splitsBetween[of.subsets]],
  ['`router.totalWeight`', (of) => (of.totalWeights === 'hundred' ? '100' : '100 to 100,000')],
  ['`match`: users who always get the canary', (of) => list(of.match)],
  ['how a match compares', (of) => list(of.compare)],
  ['`affinity`: users stay on a side', (of) => yes(of.affinity)],
  ['`mirror` steps', (of) => yes(of.mirror)],
  ['`resilience.retries`', (of) => yes(of.retries)],
  ['`resilience.timeout`', (of) => yes(of.timeout)],
  ['`resilience.outlierDetection`', (of) => yes(of.outlierDetection)],
];

/** The table of docs/meshes.md, from the one by which lint refuses. */
export function meshTable(): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns.map(({ title }) => title)]),
    line(['---', ...columns.map(() => '---')]),
    ...rows.map(([title, cell]) => line([title, ...columns.map((column) => cell(capabilitiesOf(column.kind, column.route), column))])),
  ].join('\n');
}

export const tableBegin = '<!-- The table is written by `node scripts/write-mesh-table.ts` from core/spec/router-capabilities.ts. -->\n';
const tableEnd = '\n<!-- end of the table -->';

/** The text with the table between its marks as it is now. @throws RangeError where the marks are gone. */
export function withMeshTable(text: string): string {
  const begin = text.indexOf(tableBegin);
  const end = text.indexOf(tableEnd, begin);
  if (begin < 0 || end < 0) throw new RangeError('docs/meshes.md has no marks between which the table stands');
  return `${text.slice(0, begin + tableBegin.length)}${meshTable()}${text.slice(end)}`;
}

function yes(can: boolean): string {
  return can ? 'yes' : '–';
}

function list(words: readonly string[]): string {
  return words.length === 0 ? '–' : words.join(', ');
}
