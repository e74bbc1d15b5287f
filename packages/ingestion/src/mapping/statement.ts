import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { bindConditions, conditionSchema } from './condition.ts'
import { columnsOfNode, type Node, type Path, parseNode, template } from './node.ts'
import { type MappingProblems, only, parseYaml, read, separator } from './schema.ts'
import { columnsOf, type Row } from './template.ts'
import { timeReader } from './time.ts'
import { bindNode } from './value.ts'

const value = read((input, complain): Node => {
  const node = parseNode(input, [], complain)
  if (node.tag !== 'text' && node.tag !== 'map') complain([], 'must be a text such as "{column}", or a $map')
  return node
})

const money = read((input, complain): Node => {
  const node = parseNode(input, [], complain)
  if (node.tag !== 'money') complain([], 'must be { $money: "{column}", currency: "{column}" }')
  return node
})

const date = z
  .union(
    [
      z.string().transform((value) => ({ value })),
      z.strictObject({ value: z.string(), format: z.string().optional() }),
    ],
    { error: 'write a text such as "{date}", or { value, format }' },
  )
  .transform(({ value, ...options }, context) => {
    const { format = 'YYYY-MM-DD' } = options as { format?: string }
    const complain = (message: string) => context.issues.push({ code: 'custom', message, input: value })
    const text = template(value, [], (_path, message) => complain(message))
    // The day is as it is written, wherever that was.
    const reader = timeReader(format, 'UTC')
    if (isLeft(reader)) complain(reader.left)
    return { text, read: isLeft(reader) ? () => reader : reader.right }
  })

const schema = only({
  delimiter: separator,
  sign: z
    .enum(['positive', 'negative'], 'must be positive, or negative where what is paid out is below zero')
    .default('positive'),
  when: z.record(z.string(), conditionSchema).default({}),
  reference: value,
  beneficiary_id: value.optional(),
  amount: money,
  status: value.optional(),
  date,
  fee: money.optional(),
  statement_id: value.optional(),
  line_id: value.optional(),
  reason: value.optional(),
}).check((context) => {
  const { sign, status } = context.value
  if (status !== undefined || sign === 'negative') return
  const message =
    'is needed, unless sign is negative: then what is below zero is settled, and what is above is returned'
  context.issues.push({ code: 'custom', path: ['status'], message, input: context.value })
})

/** How the rows of a provider's CSV become lines of a statement. */
export type StatementMapping = z.output<typeof schema> & {
  /** The file it was read from, as its user named it. */
  readonly name: string
}

/** @param name of the file, for problems to name */
export function parseStatementMapping(yaml: string, name: string): Either<MappingProblems, StatementMapping> {
  const parsed = parseYaml(yaml, name, schema)
  return isLeft(parsed) ? parsed : right({ ...parsed.right, name })
}

/** What a row says, by the names of a statement's columns; what is empty is left out. */
export type MappedStatement = Partial<
  Record<'reference' | 'beneficiary_id' | 'status' | 'date' | 'statement_id' | 'line_id' | 'reason', string>
> & { readonly amount?: MappedMoney; readonly fee?: MappedMoney }

export interface MappedMoney {
  readonly value: string
  readonly currency: string | undefined
}

export interface RowProblem {
  readonly field: string
  readonly reason: string
}

/** Undefined for a row that the conditions pass over. */
export type StatementMapper = (values: readonly string[]) => Either<RowProblem, MappedStatement> | undefined

const fields = ['reference', 'beneficiary_id', 'amount', 'status', 'fee', 'statement_id', 'line_id', 'reason'] as const

/**
 * Binds a mapping to a file by its header.
 * @param path of the file, for problems to name
 * @returns the columns that the mapping names and the file has not, or has twice
 */
export function bindStatementMapping(
  mapping: StatementMapping,
  header: readonly string[],
  path: string,
): Either<MappingProblems, StatementMapper> {
  const names = header.map((name) => name.trim())
  const problems = [...new Set(columnProblems(mapping, names, path))]
  if (problems.length > 0) return left(problems.map((problem) => `${mapping.name}: ${problem}`))
  const columns = new Map(names.map((name, index) => [name, index]))
  const applies = bindConditions(mapping.when, columns)
  const given = fields.flatMap((name) => (mapping[name] === undefined ? [] : [[name, mapping[name]] as const]))
  const day: Node = { tag: 'text', value: mapping.date.text }
  const bound = bindNode({ tag: 'object', fields: [...given, ['date', day]] }, columns)
  return right((values) => {
    const row: Row = { values, id: () => '' }
    if (!applies(row)) return undefined
    let problem: RowProblem | undefined
    const fail = (field: string, reason: string): void => {
      problem ??= { field: field.replace(/\.value$/, ''), reason }
    }
    const made = (bound(row, '', fail) ?? {}) as MappedStatement
    const read = made.date === undefined ? undefined : mapping.date.read(made.date)
    if (read !== undefined && isLeft(read)) fail('date', read.left)
    const dated = { ...made, ...(read === undefined || isLeft(read) ? {} : { date: read.right.slice(0, 10) }) }
    // What could not be read has no sign.
    const signed = mapping.sign === 'negative' && problem === undefined ? withoutSign(dated, fail) : dated
    return problem === undefined ? right(signed) : left(problem)
  })
}

/** What is paid out is below zero, and what comes back above. */
function withoutSign(made: MappedStatement, fail: (field: string, reason: string) => void): MappedStatement {
  const { amount, fee, status = amount?.value.startsWith('-') ? 'settled' : 'returned' } = made
  const isBelow = amount?.value.startsWith('-') ?? false
  if (amount !== undefined && (status === 'settled' ? !isBelow : status === 'returned' && isBelow))
    fail('amount', `is ${amount.value}, and sign is negative: what is settled is below zero, what is returned above`)
  return { ...made, status, ...(amount && { amount: unsigned(amount) }), ...(fee && { fee: unsigned(fee) }) }
}

const unsigned = ({ value, currency }: MappedMoney): MappedMoney => ({ value: value.replace(/^-/, ''), currency })

function columnProblems(mapping: StatementMapping, names: readonly string[], path: string): string[] {
  const used: readonly (readonly [Path, string])[] = [
    ...fields.flatMap((name) => (mapping[name] === undefined ? [] : columnsOfNode(mapping[name], [name]))),
    ...columnsOf(mapping.date.text).map((name) => [['date'], name] as const),
    ...Object.keys(mapping.when).map((name) => [['when'], name] as const),
  ]
  return used.flatMap(([at, name]) => {
    const times = names.filter((it) => it === name).length
    if (times === 1) return []
    const found = times === 0 ? `does not have; it has ${names.join(', ')}` : `has ${times} times`
    return [`${at.join('.')} names the column "${name}", which ${path} ${found}.`]
  })
}
