import { WarehouseError } from '../port.ts'
import { checkSelect, noSettings, notReading } from './check-select.ts'
import { isOpenTable, whatIsOpen } from './names.ts'
import { type Refusal, refuse } from './refusal.ts'

/** What the guard asks of the engine: it parses, we do not. */
export interface Inspector {
  /** The one statement of a text as the engine would write it on one line. Rejects with ClickHouse's error. */
  format(query: string): Promise<string>
  /** What `EXPLAIN AST` prints for a statement of SELECT, the question's parameters substituted. */
  explainAst(select: string): Promise<string>
  databases(): Promise<ReadonlySet<string>>
}

/** May run, exactly as `statement` says. */
export interface Allowed {
  readonly tag: 'allowed'
  readonly statement: string
  /** Of its FORMAT clause. */
  readonly format: string | undefined
  /** The statement is a SELECT, whose rows can be had as they come. */
  readonly select: boolean
}

const longest = 200_000

/**
 * Decides about a stranger's query. What is then run is not the text that came but what the engine makes of it, written
 * out again: that leaves away what the formatter does not know of, such as `FROM t UUID '…'`, with which the older of
 * ClickHouse's two analyzers reads any table under an open name, and which shows up in no tree.
 * @param asDriver whether a driver asks, to whom more of `system` is open
 */
export async function checkQuery(query: string, inspector: Inspector, asDriver = false): Promise<Allowed | Refusal> {
  if (query.length > longest) return refuse('too-long', `: ${query.length} characters; ${longest} are allowed.`)
  const statement = await formatOne(query, inspector)
  if (typeof statement !== 'string') return statement
  if (countIdentifierParameters(query) !== countIdentifierParameters(statement)) {
    return refuse(
      'parameter',
      ' of type Identifier cannot stand for an alias or in a comment; name the column in the query.',
    )
  }
  const explained = explainPattern.exec(statement)?.groups?.select
  if (explained !== undefined || selectPattern.test(statement)) {
    const select = explained ?? statement
    const tree = await explain(select, inspector)
    if (typeof tree !== 'string') return tree
    const verdict = checkSelect(tree, await inspector.databases(), asDriver)
    return verdict.tag === 'refused' ? verdict : { ...verdict, statement, select: explained === undefined }
  }
  return checkShow(statement, asDriver)
}

async function formatOne(query: string, inspector: Inspector): Promise<string | Refusal> {
  try {
    return (await inspector.format(query)).trim()
  } catch (error) {
    if (error instanceof WarehouseError && error.message.includes('Multi-statements are not allowed')) {
      return refuse('several', '; ask them one by one.')
    }
    throw error
  }
}

/** The engine refuses SETTINGS itself, since the connection is read-only: already while it explains. */
async function explain(select: string, inspector: Inspector): Promise<string | Refusal> {
  try {
    return await inspector.explainAst(select)
  } catch (error) {
    if (error instanceof WarehouseError && error.code === readOnly) return noSettings()
    throw error
  }
}

const readOnly = 164
const selectPattern = /^(?:(?:SELECT|WITH|FROM) |\()/
const explainPattern =
  /^EXPLAIN(?: (?:PLAN|PIPELINE|SYNTAX|ESTIMATE|QUERY TREE|AST))?(?: [a-z_]+ = \d+(?:, [a-z_]+ = \d+)*)? (?<select>(?:(?:SELECT|WITH|FROM) |\().*)$/s

const name = '[A-Za-z_][A-Za-z0-9_]*'
const table = `(?:(?<database>${name})\\.)?(?<table>${name})`
const like = "(?: (?:NOT )?I?LIKE '[^'\\\\]*')?(?: LIMIT \\d+)?"
const tail = `(?: FORMAT (?<format>${name}))?$`
const showPatterns = [
  `^DESCRIBE TABLE ${table}${tail}`,
  `^EXISTS (?:TABLE|VIEW) ${table}${tail}`,
  `^SHOW CREATE (?:TABLE|VIEW) ${table}${tail}`,
  `^SHOW (?:FULL )?TABLES(?: FROM (?<database>${name}))?${like}${tail}`,
  `^SHOW (?:EXTENDED )?(?:FULL )?COLUMNS FROM (?<table>${name})(?: FROM (?<database>${name}))?${like}${tail}`,
  `^SHOW DATABASES${like}${tail}`,
  `^SHOW FUNCTIONS${like}${tail}`,
].map((pattern) => new RegExp(pattern))

/** `EXPLAIN AST` hides what SHOW and DESCRIBE hold, such as a WHERE; so only these forms, spelt as the engine spells them. */
function checkShow(statement: string, asDriver: boolean): Allowed | Refusal {
  for (const pattern of showPatterns) {
    const match = pattern.exec(statement)
    if (match === null) continue
    const { database, table: asked, format } = match.groups ?? {}
    if (asked !== undefined && !isOpenTable(database, asked, asDriver)) {
      return refuse('table', ` ${database}.${asked} is not open to queries; open are ${whatIsOpen}.`)
    }
    return { tag: 'allowed', statement, format, select: false }
  }
  return notReading()
}

/** The formatter drops an alias that is a parameter, and comments; both would change what was asked without a word. */
function countIdentifierParameters(text: string): number {
  return text.match(/:\s*Identifier\s*\}/gi)?.length ?? 0
}
