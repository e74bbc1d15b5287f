import { digitsOf } from '@vouch/domain'
import Table from 'cli-table3'
import type { FullExplanation } from '../explanation.ts'

const models = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'] as const

/** An explanation as a person reads it. */
export function explanationText(it: FullExplanation): string {
  const sections = [headline(it), amountText(it), pathText(it), lostText(it), rulesText(it), rowsText(it)]
  return sections.filter((section) => section !== '').join('\n\n')
}

function headline(it: FullExplanation): string {
  const who = [it.customerId && `customer ${it.customerId}`, it.visitorId && `visitor ${it.visitorId}`].filter(Boolean)
  const lines = [
    `Conversion ${it.conversionId} of program ${it.programId}, ${it.occurredAt}${who.length > 0 ? `, ${who.join(', ')}` : ''}`,
  ]
  if (it.terms) lines.push(`Terms version ${it.terms.version}; ${it.terms.rewardBy} pays.`)
  else lines.push(`Not taken into account: ${it.excluded}.`)
  const { visitors, customers } = it.circle
  if (visitors.length + customers.length > 0) {
    lines.push(
      `Touches looked for: visitors ${visitors.join(', ') || 'none'}; customers ${customers.join(', ') || 'none'}.`,
    )
  }
  return lines.join('\n')
}

function amountText({ amount }: FullExplanation): string {
  const lines = [`Amount: ${amount.original} ${amount.currency}, net ${amount.net} ${amount.currency}`]
  for (const it of amount.corrections) lines.push(`  ${it.kind} of ${it.at}: ${it.amount} (${it.effect})`)
  return lines.join('\n')
}

function pathText({ path }: FullExplanation): string {
  if (path.length === 0) return 'Path: empty, nobody is credited.'
  const head = ['#', 'touch', 'when', 'advocate', 'code', 'channel', ...models]
  const rows = path.map((touch, index) => [
    String(index + 1),
    touch.kind,
    touch.at,
    touch.advocateId,
    touch.code,
    touch.channel ?? '',
    ...models.map((model) => touch.models[model].amount),
  ])
  return `Path, and what each model gives:\n${table(head, rows)}`
}

function lostText({ lost }: FullExplanation): string {
  if (lost.length === 0) return ''
  const rows = lost.map((touch) => [touch.kind, touch.at, touch.code, touch.channel ?? '', touch.reason])
  return `Touches that lost:\n${table(['touch', 'when', 'code', 'channel', 'why'], rows)}`
}

function rulesText({ rules }: FullExplanation): string {
  if (rules.length === 0) return 'Rules: none for conversions.'
  const rows = rules.flatMap((rule) => [
    ...rule.rewards.map((it) => [
      rule.ruleId,
      rule.to,
      it.beneficiaryId,
      `${it.amount} ${it.currency}`,
      it.cappedBy
        ? `${it.cappedBy}: ${it.beforeCaps} before caps; from ${it.availableOn}`
        : `payable from ${it.availableOn}`,
    ]),
    ...rule.nothing.map((it) => [rule.ruleId, rule.to, it.beneficiaryId ?? '', 'nothing', it.reason]),
  ])
  return `Rules:\n${table(['rule', 'to', 'beneficiary', 'reward', 'why'], rows)}`
}

function rowsText({ rows }: FullExplanation): string {
  const cells = rows.map((row) => [
    row.table,
    `${row.position}/${row.line}`,
    String(row.entry ?? row.sign ?? ''),
    String(row.model ?? row.rule_id ?? ''),
    String(row.advocate_id ?? row.beneficiary_id ?? ''),
    row.amount === undefined ? String(row.reason ?? '') : money(String(row.amount), String(row.currency)),
  ])
  return `Rows:\n${table(['table', 'position/line', 'entry', 'model or rule', 'who', 'amount or reason'], cells)}`
}

/** ClickHouse leaves out the zeros at the end; people expect the currency's digits. */
function money(amount: string, currency: string): string {
  const [whole, fraction = ''] = amount.split('.')
  const digits = fraction.padEnd(digitsOf(currency) ?? 0, '0')
  return `${whole}${digits === '' ? '' : `.${digits}`} ${currency}`
}

/** Plain columns, so that it can be piped and diffed. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const chars = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  }
  const drawn = new Table({
    head: [...head],
    chars,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) drawn.push([...row])
  return drawn
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n')
}
