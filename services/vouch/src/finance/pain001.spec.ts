import {
  type Balance,
  type Batch,
  decideInstruct,
  decidePayout,
  evolve,
  formatMinor,
  type InstructedEvent,
  noPayouts,
  type PayeeAccount,
  type PayoutEvent,
} from '@vouch/domain'
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { nodesOf, pain001Problems, readXml, textsOf } from '../testing/pain001-rules.ts'
import { latinText } from './latin.ts'
import { instructionsXml } from './pain001.ts'

const time = Date.parse('2026-04-02T12:00:00.789Z')
const german = 'DE75512108001245126199'

interface Told {
  readonly batchId?: string
  readonly programId?: string
  readonly debtor?: InstructedEvent['data']['debtor']
  readonly payments: readonly (PayeeAccount & {
    readonly id: string
    readonly currency: string
    readonly minor: bigint
  })[]
}

/** A batch as its events make it, and what is recorded for it. */
function told({
  batchId = 'summer-1',
  programId = 'summer',
  debtor,
  payments,
}: Told): [Batch, InstructedEvent, Map<string, PayeeAccount>] {
  const balances = payments.map(
    ({ id, currency, minor }): Balance => ({ role: 'advocate', beneficiaryId: id, currency, amountMinor: minor }),
  )
  const open = { programId, batchId, asOf: '2026-03-31', by: 'fay', balances, position: 1n, newest: 0n }
  const payouts = noPayouts()
  for (const command of [
    { tag: 'open' as const, ...open, suspended: new Set<string>() },
    { tag: 'approve' as const, batchId, by: 'gil' },
  ]) {
    const decision = decidePayout(command, payouts)
    if (!isRight(decision)) throw new Error(decision.left.says)
    for (const it of decision.right) evolve(payouts, { ...it, source: 'vouch/payouts', time } as PayoutEvent)
  }
  const batch = payouts.get(batchId) as Batch
  const accounts = new Map(
    [...batch.lines.values()].map(({ reference, beneficiaryId, currency }) => {
      const found = payments.find((it) => it.id === beneficiaryId && it.currency === currency)
      return [reference, found as PayeeAccount]
    }),
  )
  const payees = new Map(
    [...accounts].map(([reference, account]) => [
      reference,
      { tag: 'known' as const, registration: { source: 's', id: 'p' }, account },
    ]),
  )
  const decision = decideInstruct(
    { batchId, format: 'pain.001', debtor: debtor ?? { name: 'Shop GmbH', iban: german }, today: '2026-04-02', payees },
    payouts,
    undefined,
  )
  if (!isRight(decision)) throw new Error(decision.left.says)
  return [batch, { ...decision.right[0], source: 'vouch/payouts', time } as InstructedEvent, accounts]
}

const payment = (id: string, more: object = {}) => ({
  id,
  name: id,
  iban: german,
  currency: 'EUR',
  minor: 1250n,
  ...more,
})

const written = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
  <CstmrCdtTrfInitn>
    <GrpHdr>
      <MsgId>88065831C40356D8ABD83D4CBBE65976</MsgId>
      <CreDtTm>2026-04-02T12:00:00Z</CreDtTm>
      <NbOfTxs>2</NbOfTxs>
      <CtrlSum>12.55</CtrlSum>
      <InitgPty>
        <Nm>Muller + Sohne</Nm>
      </InitgPty>
    </GrpHdr>
    <PmtInf>
      <PmtInfId>35F80081F1BD52A6955361D92BF03C26</PmtInfId>
      <PmtMtd>TRF</PmtMtd>
      <NbOfTxs>2</NbOfTxs>
      <CtrlSum>12.55</CtrlSum>
      <PmtTpInf>
        <SvcLvl>
          <Cd>SEPA</Cd>
        </SvcLvl>
      </PmtTpInf>
      <ReqdExctnDt>
        <Dt>2026-04-02</Dt>
      </ReqdExctnDt>
      <Dbtr>
        <Nm>Muller + Sohne</Nm>
      </Dbtr>
      <DbtrAcct>
        <Id>
          <IBAN>DE75512108001245126199</IBAN>
        </Id>
      </DbtrAcct>
      <DbtrAgt>
        <FinInstnId>
          <BICFI>SOGEDEFF</BICFI>
        </FinInstnId>
      </DbtrAgt>
      <ChrgBr>SLEV</ChrgBr>
      <CdtTrfTxInf>
        <PmtId>
          <EndToEndId>DC0412B3EF505DB485F005192D17501E</EndToEndId>
        </PmtId>
        <Amt>
          <InstdAmt Ccy="EUR">12.50</InstdAmt>
        </Amt>
        <CdtrAgt>
          <FinInstnId>
            <BICFI>BUKBGB22</BICFI>
          </FinInstnId>
        </CdtrAgt>
        <Cdtr>
          <Nm>Anne Orsted</Nm>
        </Cdtr>
        <CdtrAcct>
          <Id>
            <IBAN>DE75512108001245126199</IBAN>
          </Id>
        </CdtrAcct>
        <RmtInf>
          <Ustrd>summer-1</Ustrd>
        </RmtInf>
      </CdtTrfTxInf>
      <CdtTrfTxInf>
        <PmtId>
          <EndToEndId>8E614B65739F54A180BA58709B5C0488</EndToEndId>
        </PmtId>
        <Amt>
          <InstdAmt Ccy="EUR">0.05</InstdAmt>
        </Amt>
        <Cdtr>
          <Nm>ben</Nm>
        </Cdtr>
        <CdtrAcct>
          <Id>
            <IBAN>DE75512108001245126199</IBAN>
          </Id>
        </CdtrAcct>
        <RmtInf>
          <Ustrd>summer-1</Ustrd>
        </RmtInf>
      </CdtTrfTxInf>
    </PmtInf>
  </CstmrCdtTrfInitn>
</Document>
`

describe('pain.001', () => {
  it('is written so', () => {
    const xml = instructionsXml(
      ...told({
        debtor: { name: 'Müller & Söhne', iban: german, bic: 'SOGEDEFF' },
        payments: [payment('anna', { name: 'Änne Ørsted', bic: 'BUKBGB22' }), payment('ben', { minor: 5n })],
      }),
    )
    expect(xml).toBe(written)
  })

  it('has a group of payments for each currency, and sums for each and all', () => {
    const root = readXml(
      instructionsXml(
        ...told({
          payments: [
            payment('anna'),
            payment('anna', { currency: 'JPY', minor: 500n }),
            payment('ben', { currency: 'KWD', minor: 1125n }),
            payment('cleo'),
          ],
        }),
      ),
    )
    expect(textsOf(root, 'CtrlSum')).toStrictEqual(['526.125', '25.00', '500', '1.125'])
    expect(textsOf(root, 'NbOfTxs')).toStrictEqual(['4', '2', '1', '1'])
    expect(nodesOf(root, 'InstdAmt').map(({ text, attributes }) => `${text} ${attributes.Ccy}`)).toStrictEqual([
      '12.50 EUR',
      '12.50 EUR',
      '500 JPY',
      '1.125 KWD',
    ])
    expect(new Set([...textsOf(root, 'PmtInfId'), ...textsOf(root, 'MsgId')]).size).toBe(4)
    expect(textsOf(root, 'ChrgBr')).toStrictEqual(['SLEV', 'SHAR', 'SHAR'])
  })

  it.each([
    ['a payee', { iban: 'BR1800360305000010009795493C1' }, {}],
    ['the debtor', {}, { iban: 'BR1800360305000010009795493C1' }],
    ['an amount', { minor: 999_999_999_99n + 1n }, {}],
  ])('does not call itself SEPA where %s is beyond it', (_what, more, debtor) => {
    const root = readXml(
      instructionsXml(
        ...told({ debtor: { name: 'Shop', iban: german, ...debtor }, payments: [payment('a', more), payment('b')] }),
      ),
    )
    expect([textsOf(root, 'ChrgBr'), nodesOf(root, 'PmtTpInf')]).toStrictEqual([['SHAR'], []])
  })

  it('keeps the rules of its schema and the letters of banks, whatever ids and names are, the same each time', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 150 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 150 }),
      fc.constantFrom(']]>', '<!--', '&#0;', '\u0000\u001f\u007f', '\ud800', '\udfff\ud800', '\ufffe\uffff', '//', '/'),
      fc.constantFrom(
        'Žižek',
        'Ærø',
        'Иванов',
        'Παπαδόπουλος',
        '田中',
        '🙂',
        '\u202eevil',
        'a\u0301'.repeat(80),
        "O'Neill",
      ),
    )
    // A text that is no Unicode cannot be an id in the log.
    const id = hostile.map((text) => text.toWellFormed())
    const paid = fc.record(
      {
        id,
        name: hostile,
        iban: fc.constantFrom(german, 'NL02ABNA0123456789', 'MT31MALT01100000000000000000123'),
        bic: fc.constantFrom('SOGEDEFF', 'BUKBGB22XXX'),
        currency: fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'),
        minor: fc.bigInt({ min: 1n, max: 10n ** 13n }),
      },
      { requiredKeys: ['id', 'name', 'iban', 'currency', 'minor'] },
    )
    const batch = fc.record({
      batchId: id,
      programId: id,
      debtor: fc.record({ name: hostile, iban: fc.constant(german) }),
      payments: fc.uniqueArray(paid, {
        minLength: 1,
        maxLength: 6,
        selector: ({ id, currency }) => `${currency} ${id}`,
      }),
    })
    fc.assert(
      fc.property(batch, (it) => {
        const [of, event, accounts] = told(it as Told)
        const xml = instructionsXml(of, event, accounts)
        expect(pain001Problems(xml)).toStrictEqual([])
        expect(xml).toMatch(/^[\n -~]+$/)
        expect(instructionsXml(structuredClone(of), structuredClone(event), new Map([...accounts].reverse()))).toBe(xml)
        const root = readXml(xml)
        const lines = [...of.lines.values()]
        expect(textsOf(root, 'EndToEndId')).toStrictEqual(lines.map(({ reference }) => reference))
        expect(textsOf(root, 'InstdAmt')).toStrictEqual(
          lines.map((line) => formatMinor(line.amountMinor, line.currency)),
        )
        expect(new Set(lines.map(({ reference }) => reference)).size).toBe(lines.length)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the rules', () => {
  const xml = instructionsXml(...told({ payments: [payment('anna', { bic: 'BUKBGB22' })] }))

  it.each([
    ['an element that is missing', xml.replace(/ *<PmtMtd>.*\n/, ''), 'has no PmtMtd'],
    ['two in the wrong order', xml.replace(/( *<MsgId>.*\n)( *<CreDtTm>.*\n)/, '$2$1'), 'MsgId is one too many'],
    ['one that comes twice', xml.replace(/ *<ChrgBr>.*\n/, '$&$&'), 'ChrgBr is one too many'],
    ['one that is unknown', xml.replace('<Cdtr>', '<Cdtr><Wat/>'), 'has no Nm where it belongs'],
    ['a name that is too long', xml.replace('>Shop GmbH<', `>${'x'.repeat(71)}<`), '/Nm is "xxx'],
    ['a letter that banks do not take', xml.replace('>Shop GmbH<', '>Shöp<'), '/Nm is "Shöp"'],
    ['an IBAN with blanks', xml.replaceAll(german, 'DE75 5121'), '/IBAN is'],
    ['a reference that is too long', xml.replace(/<EndToEndId>/, '$&1234'), '/EndToEndId is'],
    ['six digits after the point', xml.replace(/>12.50<\/InstdAmt/, '>12.500001</InstdAmt'), '/InstdAmt is'],
    ['no currency', xml.replace(' Ccy="EUR"', ''), 'has Ccy='],
    ['another version', xml.replace('001.09', '001.03'), 'Document has xmlns='],
    ['a text between elements', xml.replace('<GrpHdr>', '<GrpHdr>so'), 'GrpHdr is "so'],
    ['a day that is none', xml.replace('<Dt>2026-04-02', '<Dt>2026-13-02'), '/Dt is'],
  ])('find %s', (_what, broken, says) => {
    expect(broken).not.toBe(xml)
    expect(pain001Problems(xml)).toStrictEqual([])
    expect(pain001Problems(broken).join('\n')).toContain(says)
  })

  it('take nothing that is not well-formed', () => {
    expect(() => pain001Problems(xml.replace('</Document>', ''))).toThrow()
    expect(() => pain001Problems(xml.replace('Shop', '&nbsp;'))).toThrow()
  })
})

it.each([
  ['Žofie Müller-Straße', 'Zofie Muller-Strasse'],
  ['a\u0308 and ä', 'a and a'],
  ['Παπαδόπουλος', 'Papadopoylos'],
  ['Иванов', 'Ivanov'],
  ['Ben & Co. <ben@example>', 'Ben + Co. .ben.example.'],
  ['/a//b/', 'a/b'],
  ['\ud800', 'NOTPROVIDED'],
  ['\u200b', 'NOTPROVIDED'],
  ['//', 'NOTPROVIDED'],
  ['x'.repeat(80), 'x'.repeat(70)],
  [`${'x'.repeat(69)} y`, 'x'.repeat(69)],
])('%j is written %j', (text, latin) => {
  expect(latinText(text, 70)).toBe(latin)
})
