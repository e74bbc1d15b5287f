/** A node of the syntax tree as `EXPLAIN AST` prints it, such as `Function sum (alias total) (children 1)`. */
export interface AstNode {
  /** The first word, such as `Function`. */
  readonly kind: string
  /** What follows the kind, without alias and count of children: a function's or table's name, a literal. */
  readonly detail: string
  readonly children: readonly AstNode[]
}

/**
 * Reads the output of `EXPLAIN AST`: a node a line, one blank of indentation a level, and the number of children at the end
 * of the line. Names are printed as they are, so one with a line break in it looks like further nodes.
 * @returns undefined if the text is no such tree, as when a name imitates one badly
 */
export function readAst(text: string): AstNode | undefined {
  const lines = text.split('\n')
  while (lines.at(-1) === '') lines.pop()
  let next = 0

  function read(depth: number): AstNode | undefined {
    const line = lines[next]
    const match = line === undefined ? null : linePattern.exec(line)
    if (match?.groups === undefined || match.groups.indent?.length !== depth) return undefined
    next++
    const children: AstNode[] = []
    for (let count = Number(match.groups.children ?? 0); count > 0; count--) {
      const child = read(depth + 1)
      if (child === undefined) return undefined
      children.push(child)
    }
    return { kind: match.groups.kind ?? '', detail: withoutAlias(match.groups.detail ?? ''), children }
  }

  const root = read(0)
  return next === lines.length ? root : undefined
}

const linePattern = /^(?<indent> *)(?<kind>[A-Za-z:_]+)(?: (?<detail>.*?))??(?: \(children (?<children>\d+)\))?$/

function withoutAlias(detail: string): string {
  const alias = detail.startsWith('(alias ') ? 0 : detail.indexOf(' (alias ')
  return alias < 0 ? detail : detail.slice(0, alias)
}

/** The node and all below it, in order. */
export function* everyNode(node: AstNode, parent?: AstNode): Generator<{ node: AstNode; parent: AstNode | undefined }> {
  yield { node, parent }
  for (const child of node.children) yield* everyNode(child, node)
}
