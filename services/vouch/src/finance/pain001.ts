import {
  type Batch,
  type BatchLine,
  type Debtor,
  digitsOf,
  formatMinor,
  type InstructedEvent,
  isSepaIban,
  type PayeeAccount,
} from '@vouch/domain'
import { v5 as uuid } from 'uuid'
import { latinText } from './latin.ts'
import { type Element, element, xmlDocument } from './write-xml.ts'

/** A line, and the account that it is paid to. */
interface Transfer {
  readonly line: BatchLine
  readonly account: PayeeAccount & { readonly iban: string }
}

/**
 * The payment instructions of a batch as a customer credit transfer initiation of ISO 20022, pain.001.001.09, limited to
 * the letters and lengths that SEPA takes (EPC132-08): one group of payments a currency. All in it is from the batch, from
 * what was recorded for it and from the payees' registrations, so it is the same text whenever it is asked for.
 * @param accounts by reference, one for each line, with an IBAN
 */
export function instructionsXml(
  batch: Batch,
  { time, data }: InstructedEvent,
  accounts: ReadonlyMap<string, PayeeAccount>,
): string {
  const transfers = [...batch.lines.values()].map((line) => ({ line, account: withIban(line, accounts) }))
  const header = element('GrpHdr', [
    element('MsgId', nameOf(batch.batchId)),
    element('CreDtTm', `${new Date(time).toISOString().slice(0, 19)}Z`),
    ...countAndSum(transfers),
    element('InitgPty', [partyName(data.debtor.name)]),
  ])
  const groups = [...Map.groupBy(transfers, ({ line }) => line.currency)].map(([currency, own]) =>
    paymentGroup(batch, currency, own, data),
  )
  const initiation = element('CstmrCdtTrfInitn', [header, ...groups])
  return xmlDocument(element('Document', [initiation], { xmlns: 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09' }))
}

function paymentGroup(
  batch: Batch,
  currency: string,
  transfers: readonly Transfer[],
  { debtor, executeOn }: InstructedEvent['data'],
): Element {
  const isSepa = isSepaIban(debtor.iban) && transfers.every(isSepaTransfer)
  return element('PmtInf', [
    element('PmtInfId', nameOf(batch.batchId, currency)),
    element('PmtMtd', 'TRF'),
    ...countAndSum(transfers),
    isSepa ? element('PmtTpInf', [element('SvcLvl', [element('Cd', 'SEPA')])]) : undefined,
    element('ReqdExctnDt', [element('Dt', executeOn)]),
    element('Dbtr', [partyName(debtor.name)]),
    ibanAccount('DbtrAcct', debtor.iban),
    debtorAgent(debtor),
    element('ChrgBr', isSepa ? 'SLEV' : 'SHAR'),
    ...transfers.map((transfer) => transferElement(batch, transfer)),
  ])
}

const transferElement = ({ batchId }: Batch, { line, account }: Transfer): Element =>
  element('CdtTrfTxInf', [
    element('PmtId', [element('EndToEndId', line.reference)]),
    element('Amt', [element('InstdAmt', formatMinor(line.amountMinor, line.currency), { Ccy: line.currency })]),
    account.bic === undefined ? undefined : agent('CdtrAgt', [element('BICFI', account.bic)]),
    element('Cdtr', [partyName(account.name)]),
    ibanAccount('CdtrAcct', account.iban),
    element('RmtInf', [element('Ustrd', latinText(batchId, 140))]),
  ])

/** In euros, to an account within SEPA, and of no more than SEPA moves at once. */
const isSepaTransfer = ({ line, account }: Transfer): boolean =>
  line.currency === 'EUR' && line.amountMinor <= 999_999_999_99n && isSepaIban(account.iban)

/** SEPA cuts names at 70 characters, ISO 20022 at 140. */
const partyName = (name: string): Element => element('Nm', latinText(name, 70))

const ibanAccount = (name: string, iban: string): Element => element(name, [element('Id', [element('IBAN', iban)])])

const agent = (name: string, content: readonly Element[]): Element => element(name, [element('FinInstnId', content)])

/** The schema demands one; banks take NOTPROVIDED where the IBAN says it. */
const debtorAgent = ({ bic }: Debtor): Element =>
  agent('DbtrAgt', [bic === undefined ? element('Othr', [element('Id', 'NOTPROVIDED')]) : element('BICFI', bic)])

/** How many there are, and the sum of their amounts whatever their currency: it is there to be compared, not to be paid. */
function countAndSum(transfers: readonly Transfer[]): readonly Element[] {
  const digits = transfers.reduce((most, { line }) => Math.max(most, digitsOf(line.currency) ?? 0), 0)
  const sum = transfers.reduce(
    (sum, { line }) => sum + line.amountMinor * 10n ** BigInt(digits - (digitsOf(line.currency) ?? 0)),
    0n,
  )
  const text = String(sum).padStart(digits + 1, '0')
  const ctrlSum = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return [element('NbOfTxs', String(transfers.length)), element('CtrlSum', ctrlSum)]
}

/** The name space of messages and groups of payments; it never changes. */
const namespace = 'a4f2b8de-5f0b-4f8c-9d0e-0c9a7f1e6b52'

/** 32 hexadecimal digits: legal in 35 characters, and never those of another batch, at any installation. */
const nameOf = (...parts: readonly string[]): string =>
  uuid(['pain.001', ...parts].join('\n'), namespace)
    .replaceAll('-', '')
    .toUpperCase()

function withIban({ reference }: BatchLine, accounts: ReadonlyMap<string, PayeeAccount>): Transfer['account'] {
  const account = accounts.get(reference)
  if (account?.iban === undefined) throw new Error(`Line ${reference} has no IBAN.`)
  return { ...account, iban: account.iban }
}
