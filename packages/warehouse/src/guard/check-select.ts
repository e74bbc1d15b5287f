import { type AstNode, everyNode, readAst } from './ast.ts'
import { allowedTableFunctions, isAllowedFunction, isAllowedTableFunction, isOpenTable, whatIsOpen } from './names.ts'
import { type Refusal, refuse } from './refusal.ts'

/** Nodes that hold nothing the printed tree does not show. */
const allowedKinds = new Set([
  'ArrayJoin',
  'Asterisk',
  'ColumnsExceptTransformer',
  'ColumnsListMatcher',
  'ColumnsRegexpMatcher',
  'ColumnsReplaceTransformer',
  'ColumnsReplaceTransformer::Replacement',
  'ColumnsTransformerList',
  'ExpressionList',
  'Function',
  'Identifier',
  'InterpolateElement',
  'Literal',
  'OrderByElement',
  'QualifiedAsterisk',
  'QualifiedColumnsListMatcher',
  'QualifiedColumnsRegexpMatcher',
  'SampleRatio',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'SelectWithUnionQuery',
  'Subquery',
  'TableExpression',
  'TableIdentifier',
  'TableJoin',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'WindowDefinition',
  'WindowListElement',
  'WithElement',
])

/** A SELECT that may run; `format` is that of its FORMAT clause. */
export interface AllowedSelect {
  readonly tag: 'allowed'
  readonly format: string | undefined
}

/**
 * Walks the syntax tree of a SELECT as the engine parsed it, parameters substituted.
 * @param tree what `EXPLAIN AST` printed
 * @param databases all that the engine has
 * @param asDriver whether a driver asks, to whom more of `system` is open
 */
export function checkSelect(tree: string, databases: ReadonlySet<string>, asDriver = false): AllowedSelect | Refusal {
  const root = readAst(tree)
  if (root === undefined)
    return refuse('construct', ' of a name with a line break or a bracket is not allowed; give plain names.')
  const format = checkRoot(root)
  if (format.tag === 'refused') return format
  for (const { node, parent } of everyNode(root)) {
    const refusal = checkNode(node, parent, { databases, asDriver })
    if (refusal !== undefined) return refusal
  }
  return format
}

/** The root holds the list of SELECTs, then what stands behind them: an output file, settings, a format. */
function checkRoot(root: AstNode): AllowedSelect | Refusal {
  if (root.kind !== 'SelectWithUnionQuery') return notReading()
  const [selects, ...behind] = root.children
  if (selects?.kind !== 'ExpressionList') return notReading()
  if (behind.some((node) => node.kind === 'Literal'))
    return refuse('outfile', '; leave INTO OUTFILE away and keep the answer.')
  if (behind.some((node) => node.kind === 'Set')) return noSettings()
  const [format, ...more] = behind
  if (more.length > 0 || (format !== undefined && format.kind !== 'Identifier')) return notReading()
  return { tag: 'allowed', format: format?.detail }
}

interface Place {
  readonly databases: ReadonlySet<string>
  readonly asDriver: boolean
}

function checkNode(node: AstNode, parent: AstNode | undefined, place: Place): Refusal | undefined {
  if (node.kind === 'Set') return noSettings()
  if (node.kind === 'ColumnsApplyTransformer') {
    return refuse('construct', ' APPLY is not allowed; write the function around each column.')
  }
  if (!allowedKinds.has(node.kind)) return refuse('construct', ` ${node.kind} is not allowed in a query.`)
  if (node.kind === 'Function') {
    return parent?.kind === 'TableExpression' ? checkTableFunction(node.detail) : checkFunction(node.detail)
  }
  if (node.kind === 'TableIdentifier' || node.kind === 'Identifier') return checkName(node, place)
  return undefined
}

function checkFunction(name: string): Refusal | undefined {
  if (isAllowedFunction(name)) return undefined
  return refuse('function', ` ${name} is not allowed, or there is none; those that compute from the tables are.`)
}

function checkTableFunction(name: string): Refusal | undefined {
  if (isAllowedTableFunction(name)) return undefined
  return refuse('table-function', ` ${name} is not allowed; ${allowedTableFunctions.join(', ')} are.`)
}

/**
 * A name with dots is a table with its database, or a column with its table or its sub-columns; only FROM tells which, but
 * `IN` takes either. So a column's name may not begin with the name of a closed database.
 */
function checkName(node: AstNode, { databases, asDriver }: Place): Refusal | undefined {
  const dot = node.detail.indexOf('.')
  if (dot < 0) return undefined
  const database = node.detail.slice(0, dot)
  const table = node.detail.slice(dot + 1)
  if (node.kind === 'Identifier' && !databases.has(database)) return undefined
  if (isOpenTable(database, node.kind === 'Identifier' ? (table.split('.')[0] ?? '') : table, asDriver))
    return undefined
  return refuse('table', ` ${node.detail} is not open to queries; open are ${whatIsOpen}.`)
}

export function notReading(): Refusal {
  return refuse(
    'statement',
    '; ask with SELECT, or with SHOW TABLES, SHOW COLUMNS, SHOW CREATE, DESCRIBE, EXISTS or EXPLAIN of what is open.',
  )
}

export function noSettings(): Refusal {
  return refuse('settings', '; limits and output settings are set for every question.')
}
