import { describe, expect, it } from 'vitest'
import { WarehouseError } from '../port.ts'
import { checkQuery, type Inspector } from './check.ts'

/** An engine that writes a query out as `statement` and prints this tree for it, or must not be asked for one. */
function scripted(statement: string, tree?: string): Inspector {
  return {
    format: async () => statement,
    explainAst: async () => {
      if (tree === undefined) throw new Error('asked for a tree')
      return tree
    },
    databases: async () => new Set(['vouch', 'vouch_store', 'system', 'default']),
  }
}

const select = (
  behind: string,
  columns = '    Literal UInt64_1',
) => `SelectWithUnionQuery (children ${1 + behind.split('\n').filter((line) => line !== '').length})
 ExpressionList (children 1)
  SelectQuery (children 1)
   ExpressionList (children 1)
${columns}
${behind}`

describe('the check', () => {
  it('lets a SELECT run as the engine writes it out, not as it came', async () => {
    expect(await checkQuery('select 1 -- one', scripted('SELECT 1', select('')))).toEqual({
      tag: 'allowed',
      statement: 'SELECT 1',
      format: undefined,
      select: true,
    })
    expect(await checkQuery('x', scripted('SELECT 1 FORMAT CSV', select(' Identifier CSV\n')))).toMatchObject({
      format: 'CSV',
    })
  })

  it('explains what EXPLAIN would explain, and runs the whole', async () => {
    expect(await checkQuery('x', scripted('EXPLAIN indexes = 1 SELECT 1', select('')))).toEqual({
      tag: 'allowed',
      statement: 'EXPLAIN indexes = 1 SELECT 1',
      format: undefined,
      select: false,
    })
  })

  it.each([
    ['a file behind the query', select(" Literal '/tmp/x'\n"), 'outfile'],
    ['a file and a format', select(" Literal '/tmp/x'\n Identifier CSV\n"), 'outfile'],
    ['settings behind the query', select(' Set\n'), 'settings'],
    ['settings within', select('', '    Set'), 'settings'],
    ['two formats', select(' Identifier CSV\n Identifier TSV\n'), 'statement'],
    ['another statement', 'DropQuery  x (children 1)\n Identifier x\n', 'statement'],
    ['a node that nobody knows', select('', '    ASTSomethingNew'), 'construct'],
    ['a parameter that was not put in', select('', '    QueryParameter x:String'), 'construct'],
    ['a function off the list', select('', '    Function file (children 1)\n     ExpressionList'), 'function'],
    [
      'a function off the list, with an alias',
      select('', '    Function file (alias sum) (children 1)\n     ExpressionList'),
      'function',
    ],
    ['a closed table', select('', '    TableIdentifier vouch_store.payments (alias vouch.payments)'), 'table'],
    ['a table of a database that is not there', select('', '    TableIdentifier other.payments'), 'table'],
    ['a closed table where a column could stand', select('', '    Identifier vouch_store.payments'), 'table'],
    ['a tree that does not hold together', select('', '    Literal 1 (children 1)'), 'construct'],
  ])('refuses %s', async (_, tree, rule) => {
    expect(await checkQuery('x', scripted('SELECT 1', tree))).toMatchObject({ tag: 'refused', rule })
  })

  it.each([
    ['a column with its table', '    Identifier payments.amount'],
    ['a column with its database', '    Identifier vouch.payments.amount'],
    ['a sub-column', '    Identifier data.code'],
    ['an open table of system', '    TableIdentifier system.one'],
    ['a table without a database', '    TableIdentifier payments'],
    ['an aggregate with suffixes', '    Function sumMergeIf (children 1)\n     ExpressionList'],
    ['a function in capitals', '    Function COUNT (children 1)\n     ExpressionList'],
  ])('allows %s', async (_, columns) => {
    expect(await checkQuery('x', scripted('SELECT 1', select('', columns)))).toMatchObject({ tag: 'allowed' })
  })

  it.each([
    'DROP TABLE x',
    'SHOW TABLES WHERE 1',
    "SHOW TABLES INTO OUTFILE 'x'",
    'EXPLAIN INSERT INTO x SELECT 1',
    "DESCRIBE TABLE file('x')",
    'SET a = 1',
    'SELECTED',
  ])('does not even ask for the tree of %s', async (statement) => {
    expect(await checkQuery('x', scripted(statement))).toMatchObject({ tag: 'refused', rule: 'statement' })
  })

  it('tells several statements from one that cannot be read', async () => {
    const failing = (message: string): Inspector => ({
      ...scripted(''),
      format: () => Promise.reject(new WarehouseError('engine', message, 62)),
    })
    expect(await checkQuery('x', failing('Syntax error (Multi-statements are not allowed): …'))).toMatchObject({
      rule: 'several',
    })
    await expect(checkQuery('x', failing('Syntax error: failed at position 1'))).rejects.toMatchObject({ code: 62 })
  })
})
