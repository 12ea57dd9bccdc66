import type { SyntaxNode } from '@lezer/common';
import { unquote } from './literals.ts';
import type { Offset } from './offsets.ts';
import { parseError } from './query-error.ts';

/** What the parts of the parser share: the text that the nodes point into, and how to give up with a position. */
export class Source {
  readonly query: string;
  readonly #offsets: Map<number, Offset>;

  constructor(query: string, offsets: ReadonlyMap<number, Offset>) {
    this.query = query;
    this.#offsets = new Map(offsets);
  }

  /** The offset that stands behind a selector; each one can be taken once. */
  takeOffset(selector: SyntaxNode): Offset | undefined {
    const offset = this.#offsets.get(selector.to);
    this.#offsets.delete(selector.to);
    return offset;
  }

  /** @throws QueryError where an offset stands behind what is no selector. */
  refuseLeftOffsets(): void {
    const [left] = this.#offsets.values();
    if (left === undefined) return;
    throw parseError(
      this.query,
      left.position,
      'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    );
  }

  text(node: SyntaxNode): string {
    return this.query.slice(node.from, node.to);
  }

  fail(node: { readonly from: number }, message: string): never {
    throw parseError(this.query, node.from, message);
  }

  /** The child of that name, which the grammar promises. */
  child(node: SyntaxNode, name: string): SyntaxNode {
    return node.getChild(name) ?? this.fail(node, `${name} is missing`);
  }

  string(node: SyntaxNode): string {
    const literal = this.text(node);
    return unquote(literal) ?? this.fail(node, `error unquoting string ${JSON.stringify(literal)}: invalid syntax`);
  }

  names(node: SyntaxNode | null): string[] {
    const names: string[] = [];
    for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
      if (child.name === 'LabelName') names.push(this.text(child));
      if (child.name === 'QuotedLabelName') names.push(this.string(this.child(child, 'StringLiteral')));
    }
    return names;
  }
}
