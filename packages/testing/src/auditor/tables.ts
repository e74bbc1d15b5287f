/** How the values of a column are written, so that a fold's row and what a warehouse answers can be compared. */
export type ColumnKind = 'text' | 'number' | 'decimal' | 'time' | 'maybe time' | 'day' | 'json'

const text = 'text'
const time = 'time'

const when = { occurred_at: time, recorded_at: time } as const
const ofEvent = { source: text, event_id: text } as const

/** Every column of every table but position and line, which each has. */
export const tables = {
  events: { type: text, ...ofEvent, program_id: text, ...when, data: 'json' },
  programs: {
    program_id: text,
    version: 'number',
    name: text,
    currency: text,
    reward_by: text,
    effective_from: time,
    terms: 'json',
    ...when,
  },
  touches: {
    touch_id: text,
    program_id: text,
    advocate_id: text,
    code: text,
    kind: text,
    channel: text,
    visitor_id: text,
    customer_id: text,
    share_id: text,
    ...ofEvent,
    first_of_day: 'number',
    ...when,
  },
  signups: { program_id: text, customer_id: text, visitor_id: text, code: text, ...ofEvent, ...when },
  advocates: {
    program_id: text,
    advocate_id: text,
    kind: text,
    customer_id: text,
    group: text,
    parent_advocate_id: text,
    attributes: 'json',
    status: text,
    enrolled_at: 'maybe time',
    ...when,
  },
  codes: {
    program_id: text,
    code: text,
    advocate_id: text,
    status: text,
    issued_at: time,
    revoked_at: 'maybe time',
    ...when,
  },
  links: { program_id: text, visitor_id: text, customer_id: text, entry: text, ...ofEvent, ...when },
  consents: { program_id: text, customer_id: text, purpose: text, entry: text, ...ofEvent, ...when },
  erasures: { program_id: text, subject: text, subject_id: text, reason: text, ...ofEvent, ...when },
  conversions: {
    program_id: text,
    conversion_id: text,
    customer_id: text,
    visitor_id: text,
    entry: text,
    amount: 'decimal',
    currency: text,
    kind: text,
    country: text,
    ...when,
  },
  attributions: {
    program_id: text,
    conversion_id: text,
    model: text,
    advocate_id: text,
    touch_id: text,
    channel: text,
    credit: 'decimal',
    amount: 'decimal',
    currency: text,
    entry: text,
    terms_version: 'number',
    pays: 'number',
    ...when,
  },
  exclusions: {
    sign: 'number',
    program_id: text,
    conversion_id: text,
    touch_id: text,
    ...ofEvent,
    rule_id: text,
    beneficiary_id: text,
    subject: text,
    reason: text,
    ...when,
  },
  rewards: {
    program_id: text,
    reward_id: text,
    rule_id: text,
    terms_version: 'number',
    beneficiary_id: text,
    role: text,
    conversion_id: text,
    trigger: text,
    ...ofEvent,
    amount: 'decimal',
    currency: text,
    entry: text,
    standing: 'number',
    earned_at: time,
    available_on: 'day',
    ...when,
  },
} as const satisfies Record<string, Readonly<Record<string, ColumnKind>>>

export type TableName = keyof typeof tables
export const tableNames = Object.keys(tables) as readonly TableName[]

/** Likewise, of the tables of the books, which are held to the log by themselves. */
export const bookTables = {
  ledger: {
    transaction_id: text,
    movement: text,
    account: text,
    program_id: text,
    party_id: text,
    batch_id: text,
    amount: 'decimal',
    currency: text,
    effective_on: 'day',
    belongs_on: 'day',
    memo: text,
    ...when,
  },
  payouts: {
    batch_id: text,
    program_id: text,
    beneficiary_id: text,
    beneficiary_kind: text,
    reference: text,
    amount: 'decimal',
    currency: text,
    entry: text,
    actor: text,
    ...when,
  },
  statement_lines: {
    program_id: text,
    event_id: text,
    provider: text,
    reference: text,
    beneficiary_id: text,
    amount: 'decimal',
    currency: text,
    status: text,
    stated_on: 'day',
    fee: 'decimal',
    fee_currency: text,
    statement_id: text,
    line_id: text,
    reason: text,
    ...when,
  },
  resolutions: {
    resolution_id: text,
    program_id: text,
    batch_id: text,
    reference: text,
    class: text,
    resolution: text,
    actor: text,
    reason: text,
    rate: text,
    provider: text,
    line_ids: text,
    about_batch_id: text,
    about_reference: text,
    ...when,
  },
} as const satisfies Record<string, Readonly<Record<string, ColumnKind>>>

export type BookTable = keyof typeof bookTables
export type AnyTable = TableName | BookTable

const all: Readonly<Record<AnyTable, Readonly<Record<string, ColumnKind>>>> = { ...tables, ...bookTables }
export const isTable = (name: string): name is AnyTable => Object.hasOwn(all, name)
export const columnsOf = (table: AnyTable): Readonly<Record<string, ColumnKind>> => all[table]
