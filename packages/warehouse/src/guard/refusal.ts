/** Why a question is refused. `reason` opens with the same words for the same rule. */
export type Rule =
  | 'several'
  | 'statement'
  | 'outfile'
  | 'settings'
  | 'setting'
  | 'function'
  | 'table-function'
  | 'table'
  | 'database'
  | 'construct'
  | 'format'
  | 'parameter'
  | 'revision'
  | 'too-long'

export interface Refusal {
  readonly tag: 'refused'
  readonly rule: Rule
  readonly reason: string
}

/** The first words of each rule's reason. */
export const openings: Readonly<Record<Rule, string>> = {
  several: 'One statement at a time',
  statement: 'Only reading is allowed',
  outfile: 'Answers are not written to files',
  settings: 'SETTINGS are not allowed',
  setting: 'The setting',
  function: 'The function',
  'table-function': 'The table function',
  table: 'The table',
  database: 'The database',
  construct: 'The construct',
  format: 'The format',
  parameter: 'The parameter',
  revision: "The revision of ClickHouse's protocol",
  'too-long': 'The query is too long',
}

export function refuse(rule: Rule, rest: string): Refusal {
  return { tag: 'refused', rule, reason: `${openings[rule]}${rest}` }
}
