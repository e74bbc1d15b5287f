import { formatMinor, type MoneyJson, toMinor } from '@vouch/domain'
import { all, attribute, type Element, first, NoXml, readXml, textOf } from './read-xml.ts'
import { type ReadLine, readStated, type Unread, UnusableStatement } from './statement-file.ts'

export interface CamtStatement {
  readonly provider: string
  /** ms since the epoch, UTC */
  readonly now: number
}

const namespace = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d$/

/** What vouch itself gives out as end-to-end references. */
const ours = /^[0-9A-F]{32}$/

/**
 * Reads a bank's statement, ISO 20022 camt.053, of any version; tested with 02 and 08. Each transaction of an entry is a line: money that
 * left is settled, money that came back (with return information, as a reversal, or under a reference that vouch makes) is returned.
 * Entries that are not booked and other people's payments to the account are passed over. Its lines are counted, and known by the
 * statement's id and their number in it.
 * @throws UnusableStatement
 */
export function readCamtStatement(bytes: Uint8Array, { provider, now }: CamtStatement): ReadLine[] {
  const lines: ReadLine[] = []
  for (const statement of statementsOf(bytes)) {
    const statementId = textOf(statement, 'Id')
    if (statementId === undefined) throw new UnusableStatement('A statement in it (Stmt) has no Id.')
    for (const [index, entry] of all(statement, 'Ntry').entries()) {
      const details = all(entry, 'NtryDtls', 'TxDtls')
      for (const [at, transaction] of (details.length === 0 ? [undefined] : details).entries()) {
        const lineId = details.length > 1 ? `${index + 1}.${at + 1}` : String(index + 1)
        const given = givenBy(entry, transaction, { isAlone: details.length <= 1, isFirst: at === 0 })
        if (given === undefined) continue
        const place = { line: lines.length + 1, input: `entry ${lineId} of statement ${statementId}` }
        const read = 'field' in given ? (given as Unread) : readStated({ ...given, provider, statementId, lineId }, now)
        lines.push({ ...place, ...read })
      }
    }
  }
  return lines
}

function statementsOf(bytes: Uint8Array): readonly Element[] {
  let root: Element
  try {
    root = readXml(bytes)
  } catch (error) {
    if (error instanceof NoXml) throw new UnusableStatement(`It is no XML that can be read: ${error.message}.`)
    throw error
  }
  const document = first(root, 'Document')
  // The name that stands for it may be any.
  const declared = typeof document === 'object' ? Object.values(document) : []
  if (!declared.some((value) => typeof value === 'string' && namespace.test(value)))
    throw new UnusableStatement(
      'It is no camt.053: its root is not a Document of urn:iso:std:iso:20022:tech:xsd:camt.053.001.xx.',
    )
  return all(document, 'BkToCstmrStmt', 'Stmt')
}

/** What a transaction says; undefined where it is none of ours to look at. */
function givenBy(
  entry: Element,
  transaction: Element | undefined,
  { isAlone, isFirst }: { readonly isAlone: boolean; readonly isFirst: boolean },
): Record<string, unknown> | Unread | undefined {
  const status = textOf(entry, 'Sts', 'Cd') ?? textOf(entry, 'Sts')
  if (status !== undefined && status !== 'BOOK') return undefined
  const reference = textOf(transaction, 'Refs', 'EndToEndId') ?? 'NOTPROVIDED'
  const direction = textOf(transaction, 'CdtDbtInd') ?? textOf(entry, 'CdtDbtInd')
  const back = first(transaction, 'RtrInf')
  const isBack = back !== undefined || textOf(entry, 'RvslInd') === 'true'
  if (direction === 'CRDT' ? !isBack && !ours.test(reference) : isBack) return undefined
  const amount =
    first(transaction, 'Amt') ??
    first(transaction, 'AmtDtls', 'TxAmt', 'Amt') ??
    (isAlone ? first(entry, 'Amt') : undefined)
  if (amount === undefined)
    return {
      field: 'amount',
      reason: 'is missing: a transaction among others of its entry needs an Amt or AmtDtls/TxAmt of its own',
    }
  const fee = feeOf([...chargesOf(transaction), ...(isFirst ? chargesOf(entry) : [])])
  if (typeof fee === 'string') return { field: 'fee', reason: fee }
  return {
    reference,
    amount: moneyOf(amount),
    status: direction === 'CRDT' ? 'returned' : 'settled',
    date: dayOf(entry),
    fee,
    reason: reasonOf(back),
  }
}

const moneyOf = (amount: Element): MoneyJson => ({
  value: textOf(amount) ?? '',
  currency: attribute(amount, '@Ccy') ?? '',
})

function dayOf(entry: Element): string {
  const days = ['BookgDt', 'ValDt'].map((name) => textOf(entry, name, 'Dt') ?? textOf(entry, name, 'DtTm'))
  // A day may have an offset, and a time has more than a day.
  return (days[0] ?? days[1] ?? '').slice(0, 10)
}

/** Version 02 has charges themselves, later ones records of them. */
const chargesOf = (of: Element | undefined): readonly Element[] =>
  all(of, 'Chrgs')
    .flatMap((charges) => (first(charges, 'Rcrd') === undefined ? [charges] : all(charges, 'Rcrd')))
    .filter((charge) => first(charge, 'Amt') !== undefined && textOf(charge, 'CdtDbtInd') !== 'CRDT')

/** What they come to; a sentence where they cannot be added. */
function feeOf(charges: readonly Element[]): MoneyJson | string | undefined {
  const amounts = charges.map((charge) => moneyOf(first(charge, 'Amt') as Element))
  const [{ currency } = { currency: '' }] = amounts
  if (amounts.some((it) => it.currency !== currency)) return 'is in several currencies; one line of a statement has one'
  try {
    const sum = amounts.reduce((so, it) => so + toMinor(it), 0n)
    return sum === 0n ? undefined : { value: formatMinor(sum, currency), currency }
  } catch {
    return `is no amount: ${amounts.map(({ value, currency }) => `${value} ${currency}`).join(', ')}`
  }
}

function reasonOf(back: Element | undefined): string | undefined {
  const words = [
    textOf(back, 'Rsn', 'Cd') ?? textOf(back, 'Rsn', 'Prtry'),
    ...all(back, 'AddtlInf').map((it) => textOf(it)),
  ]
  return (
    words
      .filter((it) => it !== undefined)
      .join(' ')
      .slice(0, 500) || undefined
  )
}
