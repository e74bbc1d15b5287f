import { describe, expect, it } from 'vitest'
import { readCamtStatement } from './statement-camt.ts'

const [anna, ben] = ['DC0412B3EF505DB485F005192D17501E', '1C0412B3EF505DB485F005192D17501F']
const options = { provider: 'bank', now: Date.parse('2026-07-01T12:00:00Z') }

const read = (xml: string | Uint8Array) =>
  readCamtStatement(typeof xml === 'string' ? Buffer.from(xml) : xml, options).map((it) =>
    'stated' in it ? it.stated : { line: it.line, input: it.input, field: it.field, reason: it.reason },
  )

const document = (version: string, entries: string, id = 'S-7') =>
  `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt><GrpHdr><MsgId>m</MsgId></GrpHdr>
<Stmt><Id>${id}</Id><Acct><Id><IBAN>DE00</IBAN></Id></Acct>${entries}</Stmt></BkToCstmrStmt></Document>`

const entry = (inside: string, { direction = 'DBIT', status = '<Sts>BOOK</Sts>', amount = '6.50', more = '' } = {}) =>
  `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${more}${status}<BookgDt><Dt>2026-05-04</Dt></BookgDt>${inside}</Ntry>`
const details = (...transactions: readonly string[]) =>
  `<NtryDtls>${transactions.map((it) => `<TxDtls>${it}</TxDtls>`).join('')}</NtryDtls>`
const refs = (reference: string) => `<Refs><EndToEndId>${reference}</EndToEndId></Refs>`

const line = (reference: string, lineId: string, more: Record<string, unknown> = {}) => ({
  provider: 'bank',
  reference,
  amount: { value: '6.50', currency: 'EUR' },
  status: 'settled',
  date: '2026-05-04',
  statementId: 'S-7',
  lineId,
  ...more,
})
const eur = (value: string) => ({ value, currency: 'EUR' })

describe('camt.053', () => {
  it('of version 02: payments, one of several in an entry, charges and a return', () => {
    const amount = (value: string) => `<AmtDtls><TxAmt><Amt Ccy="EUR">${value}</Amt></TxAmt></AmtDtls>`
    const charged = '<Chrgs><Amt Ccy="EUR">0.30</Amt></Chrgs><Chrgs><Amt Ccy="EUR">0.05</Amt></Chrgs>'
    const back = '<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></RtrInf>'
    const entries = [
      entry(details(refs(anna))),
      entry(details(refs(anna) + amount('1.00'), refs(ben) + amount('2.5')), { more: charged, amount: '3.50' }),
      entry(details(refs(ben) + back), { direction: 'CRDT' }),
    ]
    expect(read(document('02', entries.join('')))).toStrictEqual([
      line(anna, '1'),
      line(anna, '2.1', { amount: eur('1.00'), fee: eur('0.35') }),
      line(ben, '2.2', { amount: eur('2.50') }),
      line(ben, '3', { status: 'returned', reason: 'AC04 Account closed' }),
    ])
  })

  it('of version 08, with a prefix: statuses and charges are deeper', () => {
    const booked = '<Sts><Cd>BOOK</Cd></Sts>'
    const charged = `<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">0.35</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy="EUR">0.35</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>`
    const xml = document(
      '08',
      entry(details(`${refs(anna)}<Amt Ccy="EUR">6.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>${charged}`), {
        status: booked,
        amount: '6.85',
      }) + entry('', { status: '<Sts><Cd>PDNG</Cd></Sts>' }),
    )
    const prefixed = xml.replaceAll(/<(\/?)(?=[A-Z])/g, '<$1n:').replace('xmlns=', 'xmlns:n=')
    for (const it of [xml, prefixed]) expect(read(it)).toStrictEqual([line(anna, '1', { fee: eur('0.35') })])
  })

  it('says what came back also where it does not say that it is a return', () => {
    const reversed = '<RvslInd>true</RvslInd>'
    const entries = [
      entry(details(refs(anna)), { direction: 'CRDT' }),
      entry(details(refs('a customer’s own')), { direction: 'CRDT' }),
      entry(details(refs('somebody’s')), { direction: 'CRDT', more: reversed }),
      entry(details(refs('a customer’s own')), { more: reversed }),
      entry('', { amount: '12.00' }),
    ]
    expect(read(document('02', entries.join('')))).toStrictEqual([
      line(anna, '1', { status: 'returned' }),
      line('somebody’s', '3', { status: 'returned' }),
      line('NOTPROVIDED', '5', { amount: eur('12.00') }),
    ])
  })

  it('with a line that cannot be read names it, and goes on', () => {
    const entries = [
      entry(details(refs(anna)), { amount: '6,50' }),
      entry(details(refs(anna), refs(ben))),
      entry(details(refs(ben))),
    ]
    const reason = 'is missing: a transaction among others of its entry needs an Amt or AmtDtls/TxAmt of its own'
    expect(read(document('02', entries.join('')))).toStrictEqual([
      { line: 1, input: 'entry 1 of statement S-7', field: 'amount', reason: expect.stringContaining('has a comma') },
      { line: 2, input: 'entry 2.1 of statement S-7', field: 'amount', reason },
      { line: 3, input: 'entry 2.2 of statement S-7', field: 'amount', reason },
      line(ben, '3'),
    ])
  })

  it.each([
    ['no XML', 'reference,amount', /no XML that can be read/],
    ['XML that breaks off', document('02', entry('')).slice(0, -9), /no XML that can be read: line \d+/],
    [
      'XML with entities of its own',
      document('02', entry('')).replace(
        '<Document',
        '<!DOCTYPE Document [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document',
      ),
      /it has a DOCTYPE/,
    ],
    ['another document', document('02', '').replace('camt.053', 'camt.054'), /It is no camt\.053/],
    ['bytes of another encoding', Buffer.from(document('02', '', 'Ü'), 'latin1'), /its bytes are not UTF-8/],
  ])('is not %s', (_name, xml, says) => {
    expect(() => read(xml)).toThrow(says)
  })

  it('may be in the encoding that it names', () => {
    const xml = document('02', entry(details(refs(anna))), 'Ü').replace('UTF-8', 'ISO-8859-1')
    expect(read(Buffer.from(xml, 'latin1'))).toStrictEqual([line(anna, '1', { statementId: 'Ü' })])
  })
})
