import { describe, expect, it } from 'vitest'
import { everyNode, readAst } from './ast.ts'

const tree = `SelectWithUnionQuery (children 2)
 ExpressionList (children 1)
  SelectQuery (children 2)
   ExpressionList (children 2)
    Function sum (alias total (x)) (children 1)
     ExpressionList (children 1)
      Identifier p.amount
    Literal 'it\\'s (children 3)' (alias s)
   TablesInSelectQuery (children 1)
    TablesInSelectQueryElement (children 1)
     TableExpression (children 1)
      TableIdentifier vouch.payments (alias p)
 Identifier JSON
`

describe('a syntax tree', () => {
  it('is read with kinds, details without alias, and children', () => {
    const root = readAst(tree)
    if (root === undefined) throw new Error('not read')
    expect([...everyNode(root)].map(({ node, parent }) => [parent?.kind, node.kind, node.detail])).toEqual([
      [undefined, 'SelectWithUnionQuery', ''],
      ['SelectWithUnionQuery', 'ExpressionList', ''],
      ['ExpressionList', 'SelectQuery', ''],
      ['SelectQuery', 'ExpressionList', ''],
      ['ExpressionList', 'Function', 'sum'],
      ['Function', 'ExpressionList', ''],
      ['ExpressionList', 'Identifier', 'p.amount'],
      ['ExpressionList', 'Literal', "'it\\'s (children 3)'"],
      ['SelectQuery', 'TablesInSelectQuery', ''],
      ['TablesInSelectQuery', 'TablesInSelectQueryElement', ''],
      ['TablesInSelectQueryElement', 'TableExpression', ''],
      ['TableExpression', 'TableIdentifier', 'vouch.payments'],
      ['SelectWithUnionQuery', 'Identifier', 'JSON'],
    ])
  })

  it.each([
    ['fewer children than it says', 'A (children 2)\n B\n'],
    ['more children than it says', 'A (children 1)\n B\n C\n'],
    ['a child two levels down', 'A (children 1)\n  B\n'],
    ['two roots', 'A\nB\n'],
    ['a line that is no node', 'A (children 1)\n 7 b\n'],
    ['nothing', ''],
  ])('is none with %s', (_, text) => {
    expect(readAst(text)).toBeUndefined()
  })
})
