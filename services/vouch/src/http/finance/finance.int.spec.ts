import { readFileSync, writeFileSync } from 'node:fs'
import { WarehouseError } from '@vouch/warehouse'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../../failure.ts'
import { eventually } from '../../testing/eventually.ts'
import { type HttpBench, openHttpBench } from '../../testing/http-bench.ts'
import { type CloudEvent, event, published, story } from '../../testing/samples.ts'
import type { HttpLimits } from '../limits.ts'

let http: HttpBench
beforeAll(async () => {
  http = await openHttpBench({ limits: { bodyBytes: 100_000, eventsARequest: 20 } })
})
afterAll(() => http.close())

/** The story of a program of its own, in which anna is owed 6.50 at the end of April. */
async function program(programId: string): Promise<void> {
  const own = (it: CloudEvent) => ({ ...it, id: `${programId}-${it.id}`, data: { ...(it.data as object), programId } })
  await http.bench.append(...[published(), ...story].map(own))
}

const opening = (programId: string, more: object = {}) => ({ programId, asOf: '2026-04-30', by: 'fay', ...more })
const batchId = '0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f10'
const debtor = { name: 'Shop GmbH', iban: 'AT48 3200 0000 1234 5864' }
const csv = { 'content-type': 'text/csv' }

/** What a command prints, on the same folder. */
async function printed(...words: readonly string[]): Promise<string> {
  const { out } = await http.bench.run(words)
  return out
}
const printedJson = async (...words: readonly string[]) => JSON.parse(await printed(...words, '--json'))

/** Opens a batch of a program that is new, and takes it as far as asked. */
async function batchOf(programId: string, ...steps: readonly ('approve' | 'cancel' | 'export')[]): Promise<string> {
  await program(programId)
  const opened = await http.post('/v1/payouts', opening(programId))
  const batch = opened.json().batchId as string
  for (const step of steps) {
    const body = step === 'export' ? { format: 'csv' } : { by: 'gil' }
    expect((await http.post(`/v1/payouts/${batch}/${step}`, body)).statusCode).toBe(200)
  }
  return batch
}

const referenceOf = async (batch: string) =>
  (await http.get(`/v1/payouts/${batch}`)).json().lines[0].reference as string

describe('a batch', () => {
  it('is opened, listed, shown, approved and exported as by commands', async () => {
    await program('month')
    const opened = await http.post('/v1/payouts', opening('month', { minimum: '5.00', by: ' fay ' }))
    expect([opened.statusCode, opened.json()]).toStrictEqual([
      201,
      {
        batchId: 'month-1',
        position: expect.any(Number),
        lines: [
          {
            reference: expect.stringMatching(/^[0-9A-F]{32}$/),
            beneficiaryId: 'anna',
            amount: '6.50',
            currency: 'EUR',
          },
        ],
        totals: { EUR: '6.50' },
        carried: [],
      },
    ])
    expect((await http.get('/v1/payouts?program=month')).body).toBe(
      (await printed('payouts', 'list', '--program', 'month', '--json')).trimEnd(),
    )
    expect((await http.get('/v1/payouts')).json()).toStrictEqual(await printedJson('payouts', 'list'))
    expect((await http.get('/v1/payouts/month-1')).body).toBe(
      (await printed('payouts', 'show', 'month-1', '--json')).trimEnd(),
    )
    for (const changed of [true, false]) {
      const approved = await http.post('/v1/payouts/month-1/approve', { by: 'gil' })
      expect([approved.statusCode, approved.json()]).toStrictEqual([
        200,
        { ...(await printedJson('payouts', 'show', 'month-1')), changed },
      ])
    }
    for (const _time of [1, 2]) {
      const exported = await http.post('/v1/payouts/month-1/export', { format: 'csv' })
      expect([exported.statusCode, exported.headers['content-type']]).toStrictEqual([200, 'text/csv; charset=utf-8'])
      expect(exported.body).toBe(await printed('payouts', 'export', 'month-1', '--format', 'csv'))
      expect(exported.body).toMatch(/^reference,.*\n[0-9A-F]{32},anna,6\.50,EUR\n$/)
    }
    expect((await printedJson('payouts', 'show', 'month-1')).status).toBe('submitted')
  })

  it('is opened once under a name, however often it is asked for', async () => {
    await program('named')
    const first = await http.post('/v1/payouts', opening('named', { batchId: batchId.toUpperCase() }))
    const again = await http.post('/v1/payouts', opening('named', { batchId }))
    expect([first.statusCode, again.statusCode]).toStrictEqual([201, 200])
    expect(again.body).toBe(first.body)
    expect(again.json().batchId).toBe(batchId)
    expect((await printedJson('payouts', 'list', '--program', 'named')).length).toBe(1)
  })

  it('is cancelled with a reason, once', async () => {
    const batch = await batchOf('cancelled')
    const told = []
    for (const _time of [1, 2])
      told.push((await http.post(`/v1/payouts/${batch}/cancel`, { by: 'gil', reason: ' late ' })).json())
    expect(told).toMatchObject([
      { status: 'cancelled', cancelledBy: 'gil', changed: true },
      { status: 'cancelled', cancelledBy: 'gil', changed: false },
    ])
    const [row] = await http.bench.engine.warehouse.rows(
      `SELECT toString(data.by) AS by, toString(data.reason) AS reason FROM vouch.events WHERE type = 'vouch.payout.cancelled.v1'`,
    )
    expect(row).toStrictEqual({ by: 'gil', reason: 'late' })
  })

  it('is handed out to bank accounts, in the same bytes as by the command', async () => {
    const batch = await batchOf('bank', 'approve')
    const path = `/v1/payouts/${batch}/export`
    const unpaid = await http.post(path, { format: 'pain.001', debtor })
    expect([unpaid.statusCode, unpaid.json().error.tag]).toStrictEqual([409, 'no-payee'])
    expect((await http.get(`/v1/payouts/${batch}`)).json().status).toBe('approved')
    await http.bench.append(
      event('payee.registered', 'payee-1', '2026-06-01T09:00:00Z', {
        programId: 'bank',
        beneficiaryId: 'anna',
        personal: { name: 'Anna', iban: 'DE75 5121 0800 1245 1261 99' },
      }),
    )
    const first = await http.post(path, { format: 'pain.001', debtor, executeOn: '2026-07-03' })
    expect([first.statusCode, first.headers['content-type']]).toStrictEqual([200, 'application/xml; charset=utf-8'])
    expect(first.body).toContain('<IBAN>DE75512108001245126199</IBAN>')
    expect(first.body).toContain('2026-07-03')
    expect(first.body).toBe(await printed('payouts', 'export', batch, '--format', 'pain.001'))
    expect((await http.post(path, { format: 'pain.001' })).body).toBe(first.body)
  })
})

describe('what is refused', () => {
  const batches: Record<string, string> = {}
  beforeAll(async () => {
    batches.open = await batchOf('open')
    batches.out = await batchOf('out', 'approve', 'export')
    batches.gone = await batchOf('gone', 'cancel')
    batches.approved = await batchOf('approved', 'approve')
    await http.post('/v1/payouts', opening('named', { batchId }))
  })

  it.each<[string, string, object, number, string]>([
    ['nothing is payable', '/v1/payouts', opening('open'), 409, 'nothing-payable'],
    ['there is no such program', '/v1/payouts', opening('nobody'), 404, 'unknown-program'],
    ['the name is taken', '/v1/payouts', opening('named', { batchId, by: 'gil' }), 409, 'batch-exists'],
    ['the name is another program’s', '/v1/payouts', opening('gone', { batchId }), 409, 'batch-exists'],
    ['whoever opened it approves', '/v1/payouts/:open/approve', { by: 'FAY' }, 409, 'same-person'],
    ['it was cancelled', '/v1/payouts/:gone/approve', { by: 'gil' }, 409, 'batch-cancelled'],
    ['it is out', '/v1/payouts/:out/cancel', { by: 'gil' }, 409, 'batch-submitted'],
    ['nobody approved it', '/v1/payouts/:open/export', { format: 'csv' }, 409, 'not-approved'],
    ['nobody has said who pays', '/v1/payouts/:approved/export', { format: 'pain.001' }, 409, 'no-debtor'],
    [
      'the day is over',
      '/v1/payouts/:approved/export',
      { format: 'pain.001', debtor, executeOn: '2026-06-30' },
      409,
      'day-over',
    ],
    ['there is none to approve', '/v1/payouts/none/approve', { by: 'gil' }, 404, 'unknown-batch'],
    ['there is none to cancel', '/v1/payouts/none/cancel', { by: 'gil' }, 404, 'unknown-batch'],
    ['there is none to export', '/v1/payouts/none/export', { format: 'csv' }, 404, 'unknown-batch'],
    ['there is none for a bank', '/v1/payouts/none/export', { format: 'pain.001', debtor }, 404, 'unknown-batch'],
    ['there is none to reconcile', '/v1/reconciliation', { batchId: 'none' }, 404, 'unknown-batch'],
  ])('as %s: %s %j', async (_why, path, body, status, tag) => {
    const answer = await http.post(
      path.replace(/:(\w+)/, (_, name: string) => batches[name] as string),
      body,
    )
    expect([answer.statusCode, answer.json()]).toStrictEqual([
      status,
      { error: { message: expect.stringMatching(/^[A-Z].*\.$/s), tag } },
    ])
  })

  it('says of a batch that there is none', async () => {
    const answer = await http.get('/v1/payouts/none')
    expect([answer.statusCode, answer.json()]).toStrictEqual([
      404,
      { error: { message: 'There is no batch none; vouch payouts list shows those there are.', tag: 'unknown-batch' } },
    ])
  })

  it('of two who open at once one is, as the other was faster', async () => {
    await program('race')
    const answers = await Promise.all([1, 2].map(() => http.post('/v1/payouts', opening('race'))))
    const [done, not] = answers.sort((a, b) => a.statusCode - b.statusCode)
    expect([done?.statusCode, not?.statusCode]).toStrictEqual([201, 409])
    expect(['outrun', 'nothing-payable', 'tables-behind']).toContain(not?.json().error.tag)
  })
})

describe('bad input', () => {
  const open = '/v1/payouts'
  const long = 'x'.repeat(201)
  it.each<[string, string, unknown, string]>([
    ['POST', open, [], 'body: Invalid input: expected object, received array.'],
    [
      'POST',
      open,
      {},
      'programId: Invalid input: expected string, received undefined; asOf: Invalid input: expected string, received undefined; by: Invalid input: expected string, received undefined.',
    ],
    ['POST', open, opening(''), 'programId: is empty; write 1 to 200 characters.'],
    ['POST', open, opening(long), 'programId: has 201 characters; write at most 200.'],
    ['POST', open, opening('a\u0000b'), 'programId: "a\\u0000b" has the control character U+0000; leave it out.'],
    ['POST', open, opening('\ud800'), 'programId: must be well-formed text.'],
    ['POST', open, opening('summer', { asOf: '2026-02-30' }), 'asOf: must be a day such as 2026-03-31.'],
    ['POST', open, opening('summer', { asOf: 20260430 }), 'asOf: Invalid input: expected string, received number.'],
    ['POST', open, opening('summer', { minimum: '-1' }), 'minimum: must be a decimal such as 25.00.'],
    ['POST', open, opening('summer', { minimum: 25 }), 'minimum: Invalid input: expected string, received number.'],
    ['POST', open, opening('summer', { by: ' ' }), 'by: must be a name of up to 200 characters.'],
    ['POST', open, opening('summer', { by: '\ud800' }), 'by: must be a name of up to 200 characters.'],
    ['POST', open, opening('summer', { batchId: 'mine' }), 'batchId: must be a UUID.'],
    ['POST', open, opening('summer', { dryRun: true }), 'body: Unrecognized key: "dryRun".'],
    ['POST', '/v1/payouts/b/approve', {}, 'by: Invalid input: expected string, received undefined.'],
    ['POST', '/v1/payouts/b/approve', { by: 'gil', reason: 'x' }, 'body: Unrecognized key: "reason".'],
    ['POST', '/v1/payouts/b/cancel', { by: 'gil', reason: ' ' }, 'reason: must be a text of up to 500 characters.'],
    ['POST', `/v1/payouts/${long}/approve`, { by: 'gil' }, 'batchId: has 201 characters; write at most 200.'],
    ['POST', '/v1/payouts/b/export', {}, "format: Invalid discriminator value. Expected 'csv' | 'pain.001'."],
    ['POST', '/v1/payouts/b/export', { format: 'csv', debtor }, 'body: Unrecognized key: "debtor".'],
    [
      'POST',
      '/v1/payouts/b/export',
      { format: 'pain.001', debtor: { name: 'x' } },
      'debtor/iban: Invalid input: expected string, received undefined.',
    ],
    [
      'POST',
      '/v1/payouts/b/export',
      { format: 'pain.001', debtor: { ...debtor, name: 'x'.repeat(141) } },
      'debtor/name: has 141 characters; write at most 140.',
    ],
    [
      'POST',
      '/v1/payouts/b/export',
      { format: 'pain.001', debtor: { ...debtor, iban: 'AT49 3200 0000 1234 5864' } },
      'debtor/iban: has check digits that do not fit the rest of it;',
    ],
    ['POST', '/v1/payouts/b/export', { format: 'pain.001', debtor: { ...debtor, bic: 'X' } }, 'debtor/bic: is no BIC;'],
    [
      'POST',
      '/v1/payouts/b/export',
      { format: 'pain.001', debtor, executeOn: 'soon' },
      'executeOn: must be a day such as 2026-03-31.',
    ],
    ['POST', '/v1/reconciliation', { batch: 'x' }, 'body: Unrecognized key: "batch".'],
    ['POST', '/v1/reconciliation', { batchId: '' }, 'batchId: is empty;'],
    ['GET', '/v1/payouts?program=', undefined, 'program: is empty;'],
    ['GET', '/v1/payouts?programId=x', undefined, 'query: Unrecognized key: "programId".'],
    ['GET', '/v1/payouts?program=a&program=b', undefined, 'program: Invalid input: expected string, received array.'],
    ['GET', '/v1/ledger', undefined, 'format: Invalid option: expected one of "hledger"|"csv".'],
    ['GET', '/v1/ledger?format=csv&until=31.3.2026', undefined, 'until: must be a day such as 2026-03-31.'],
  ])('%s %s %j', async (method, path, body, message) => {
    const answer = method === 'GET' ? await http.get(path) : await http.post(path, body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toStrictEqual({ error: { message: expect.any(String) } })
    expect(answer.json().error.message.slice(0, message.length)).toBe(message)
  })
})

describe('a statement', () => {
  const header = 'reference,beneficiary_id,amount,currency,status,date,fee,statement_id,line_id\n'
  let reference: string
  beforeAll(async () => {
    reference = await referenceOf(await batchOf('stated', 'approve', 'export'))
  })
  const send = (body: string | Buffer, query = '', type = 'text/csv') =>
    http.post(`/v1/statements${query}`, body, { 'content-type': type })

  it('is recorded once, and books what it settles', async () => {
    const file = `${header}${reference},anna,6.50,EUR,settled,2026-05-04,0.35,s-1,1\n`
    const first = await send(file, '?provider=wise')
    expect([first.statusCode, first.json()]).toStrictEqual([
      200,
      { read: 1, appended: 1, duplicate: 0, conflict: 0, rejected: 0, rejects: [], booked: { settled: 1 } },
    ])
    for (const type of ['text/csv; charset=utf-8', 'application/octet-stream', 'application/xml', 'text/xml']) {
      const again = await send(Buffer.from(file), '?provider=wise', type)
      expect([again.statusCode, again.json()]).toStrictEqual([
        200,
        { read: 1, appended: 0, duplicate: 1, conflict: 0, rejected: 0, rejects: [], booked: {} },
      ])
    }
    expect((await http.get('/v1/ledger?format=csv')).body).toContain(',asset:cash:wise,')
  })

  it('has the lines that were not taken in its answer, with what the command writes down', async () => {
    const lines = [
      `${reference},anna,6.51,EUR,settled,2026-05-04,,s-1,1`,
      'X-1,zoe,1.00,EUR,settled,2026-05-04,,s-1,2',
      'X-2,zoe,1.00,EURO,settled,2026-05-04,,s-1,3',
      'X-3,zoe',
    ]
    const file = `${header}${lines.join('\n')}\n`
    const answer = await send(file, '?provider=wise')
    expect([answer.statusCode, answer.json()]).toMatchObject([
      207,
      { read: 4, appended: 1, duplicate: 0, conflict: 1, rejected: 2, booked: {} },
    ])
    const { rejects } = answer.json()
    expect(rejects).toMatchObject([
      { line: 2, outcome: 'conflict', field: 'amount', input: lines[0] },
      { line: 4, outcome: 'rejected', field: 'currency', input: lines[2] },
      { line: 5, outcome: 'rejected', field: '', reason: 'has 2 cells, and the header names 9', input: lines[3] },
    ])
    writeFileSync(`${http.bench.dir}/again.csv`, file)
    const told = await printedJson(
      'statements',
      'import',
      'again.csv',
      '--provider',
      'wise',
      '--rejects',
      'rejects.ndjson',
    )
    expect(told).toStrictEqual({
      ...answer.json(),
      appended: 0,
      duplicate: 1,
      rejects: `${http.bench.dir}/rejects.ndjson`,
    })
    const written = readFileSync(`${http.bench.dir}/rejects.ndjson`, 'utf8')
      .trim()
      .split('\n')
      .map((it) => JSON.parse(it))
    expect(written).toStrictEqual(rejects.map((it: object) => ({ file: 'again.csv', ...it })))
  })

  it('of a bank is camt.053', async () => {
    const entry = `<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-05-04</Dt></BookgDt></Ntry>`
    const xml = `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>b-1</Id>${entry}</Stmt></BkToCstmrStmt></Document>`
    const answer = await send(xml, '?format=camt.053', 'application/xml')
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { read: 1, appended: 1 }])
    expect((await send('<a/>', '?format=camt.053', 'application/xml')).json().error.message).toMatch(
      /^The statement cannot be used\. It is no camt\.053: /,
    )
  })

  it.each<[string, string | Buffer, string, string, number, string]>([
    ['nothing', '', '', 'text/csv', 400, 'The statement cannot be used. It is empty; its first line names the columns'],
    [
      'no CSV',
      'nope\n',
      '',
      'text/csv',
      400,
      'The statement cannot be used. Its first line does not name the columns reference, amount, currency, status, date;',
    ],
    [
      'no XML',
      'nope',
      '?format=camt.053',
      'application/xml',
      400,
      'The statement cannot be used. It is no XML that can be read:',
    ],
    [
      'gzip',
      Buffer.from([0x1f, 0x8b, 8, 0]),
      '',
      'application/octet-stream',
      400,
      'The statement is packed with gzip; send it unpacked.',
    ],
    [
      'JSON',
      '{}',
      '',
      'application/json',
      415,
      'Send the statement as text/csv, application/xml, text/xml, application/octet-stream, as it is',
    ],
    [
      'too many lines',
      header + 'X,zoe,1.00,EUR,settled,2026-05-04,,,\n'.repeat(21),
      '',
      'text/csv',
      413,
      'The statement cannot be used. It has more than 20 lines, which is as many as are taken at once. Divide it.',
    ],
    [
      'too many bytes',
      'x'.repeat(100_001),
      '',
      'text/csv',
      413,
      'The body is larger than the 100000 bytes that this route takes; send less at once.',
    ],
    [
      'another format',
      '',
      '?format=mt940',
      'text/csv',
      400,
      'format: Invalid option: expected one of "csv"|"camt.053".',
    ],
    ['no provider', '', '?provider=%20', 'text/csv', 400, 'provider: must be a name of up to 200 characters.'],
    ['what nobody knows', '', '?batch=x', 'text/csv', 400, 'query: Unrecognized key: "batch".'],
  ])('that is %s is not taken', async (_what, body, query, type, status, message) => {
    const answer = await send(body, query, type)
    expect([answer.statusCode, answer.json().error.message.slice(0, message.length)]).toStrictEqual([status, message])
  })

  it('that is large is read beside all else, and as a small one is', async () => {
    const large = await openHttpBench({ bench: http.bench, limits: { eventsARequest: 5_000 } })
    const post = (body: string, query = '') => large.post(`/v1/statements${query}`, body, csv)
    const lines = (count: number) => `L,zoe,1.00,EUR,settled,2026-05-04,,${'s'.repeat(90)},1\n`.repeat(count)
    expect((await post(header + lines(4_990) + lines(1).replace('EUR', 'E'))).json()).toMatchObject({
      read: 4_991,
      appended: 1,
      duplicate: 4_989,
      rejected: 1,
      rejects: [{ line: 4_992, field: 'currency' }],
    })
    const long = await post(header + lines(5_001))
    expect([long.statusCode, long.json().error.message]).toStrictEqual([
      413,
      'The statement cannot be used. It has more than 5000 lines, which is as many as are taken at once. Divide it.',
    ])
    const other = await post('x'.repeat(200_000), '?format=camt.053')
    expect([other.statusCode, other.json().error.message]).toStrictEqual([
      400,
      expect.stringMatching(/^The statement cannot be used\. It is no XML/),
    ])
    await large.close()
  })

  it('that nobody sends is not taken either', async () => {
    const answer = await http.app.inject({ method: 'POST', url: '/v1/statements' })
    expect([answer.statusCode, answer.json().error.message]).toStrictEqual([400, expect.stringMatching(/It is empty/)])
    const packed = await http.post('/v1/statements', 'x', { ...csv, 'content-encoding': 'gzip' })
    expect([packed.statusCode, packed.json().error.message]).toStrictEqual([
      415,
      expect.stringMatching(/^Send the statement as text\/csv/),
    ])
  })

  it('is reconciled as by the command, and what it settles is booked', async () => {
    const batch = await batchOf('reconciled', 'approve')
    const early = `${header}${await referenceOf(batch)},anna,6.50,EUR,settled,2026-05-04,,s-9,1\n`
    expect((await send(early)).json()).toMatchObject({ appended: 1, booked: {} })
    await http.post(`/v1/payouts/${batch}/export`, { format: 'csv' })
    const answer = await http.post('/v1/reconciliation', { batchId: batch })
    const { needsPerson, ...told } = answer.json()
    expect(answer.statusCode).toBe(200)
    expect(told).toStrictEqual(await printedJson('reconcile', '--batch', batch))
    expect(told.lines[0]).toMatchObject({ batchId: batch, class: 'settled' })
    expect(needsPerson).toBe(told.totals.unexpected)
    expect((await http.get(`/v1/payouts/${batch}`)).json().lines[0].status).toBe('settled')
    const all = await http.app.inject({ method: 'POST', url: '/v1/reconciliation' })
    expect([all.statusCode, all.json()]).toStrictEqual([
      200,
      { ...(await printedJson('reconcile')), needsPerson: expect.any(Number) },
    ])
  })
})

describe('the journal', () => {
  it.each([
    ['hledger', 'text/plain; charset=utf-8', []],
    ['csv', 'text/csv; charset=utf-8', ['--until', '2026-03-31']],
  ])('is that of the command: %s', async (format, type, words) => {
    const until = words[1] === undefined ? '' : `&until=${words[1]}`
    const answer = await http.get(`/v1/ledger?format=${format}${until}`)
    expect([answer.statusCode, answer.headers['content-type']]).toStrictEqual([200, type])
    expect(answer.body).toBe(await printed('ledger', 'export', '--format', format, ...words))
    expect(answer.body.split('\n').length).toBeGreaterThan(5)
  })
})

it('knows HEAD wherever it knows GET', async () => {
  for (const url of ['/v1/payouts', '/v1/ledger?format=csv', '/v1/ledger?format=hledger']) {
    const answer = await http.app.inject({ method: 'HEAD', url })
    expect([answer.statusCode, answer.body]).toStrictEqual([200, ''])
  }
  expect(http.logged()).not.toContain('"level":50')
})

async function having<T>(part: object, name: string, value: unknown, task: () => Promise<T>): Promise<T> {
  const before = Reflect.get(part, name)
  Reflect.set(part, name, value)
  try {
    return await task()
  } finally {
    Reflect.set(part, name, before)
  }
}

describe('what cannot be done now', () => {
  const routes = () => [
    () => http.post('/v1/payouts', opening('open')),
    () => http.get('/v1/payouts'),
    () => http.post('/v1/statements', 'reference,amount,currency,status,date\n', csv),
    () => http.post('/v1/reconciliation', {}),
    () => http.get('/v1/ledger?format=csv'),
  ]

  it('is to be asked again: tables that stand still', async () => {
    const { projector } = http.bench.engine
    const stuck = () => Promise.reject(new Failure('The tables stand still at position 3 of 4.'))
    await having(projector, 'catchUp', stuck, async () => {
      for (const ask of routes()) {
        const answer = await ask()
        expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toStrictEqual([
          503,
          '5',
          { error: { message: 'The tables stand still at position 3 of 4.' } },
        ])
      }
    })
  })

  it('is a defect of ours where nobody knows what it is', async () => {
    const { projector } = http.bench.engine
    await having(
      projector,
      'catchUp',
      () => Promise.reject(new Error('bug')),
      async () => {
        expect((await http.get('/v1/payouts')).statusCode).toBe(500)
      },
    )
  })

  it('is said also where a journal has begun', async () => {
    const { warehouse } = http.bench.engine
    const gone = () => Promise.reject(new WarehouseError('engine', 'ClickHouse does not answer.'))
    await having(warehouse, 'rows', gone, async () => {
      for (const format of ['csv', 'hledger']) {
        const answer = await http.get(`/v1/ledger?format=${format}`)
        expect([answer.statusCode, answer.json()]).toStrictEqual([
          503,
          { error: { message: 'ClickHouse does not answer.' } },
        ])
      }
    })
  })
})

describe('too much at once', () => {
  let small: HttpBench
  let url: string
  beforeAll(async () => {
    const limits: Partial<HttpLimits> = { financeAtOnce: 1 }
    small = await openHttpBench({ bench: http.bench, limits })
    url = await small.app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(() => small.close())

  it('is asked to come back, and those who went away leave room when their work has ended', async () => {
    const { projector } = http.bench.engine
    const release = Promise.withResolvers<void>()
    let signal: AbortSignal | undefined
    const waiting = (_: unknown, given: AbortSignal) => {
      signal = given
      return release.promise
    }
    await having(projector, 'catchUp', waiting, async () => {
      const leaving = new AbortController()
      const first = fetch(`${url}/v1/payouts`, { signal: leaving.signal }).catch((error: Error) => error.name)
      await eventually('it is under way', () => signal)
      const second = await fetch(`${url}/v1/statements`, { method: 'POST', headers: csv, body: 'x' })
      expect([second.status, second.headers.get('retry-after'), await second.json()]).toStrictEqual([
        429,
        '1',
        { error: { message: 'Too much of finance is being worked on; ask again in a while.' } },
      ])
      leaving.abort()
      expect(await first).toBe('AbortError')
      await eventually('it is known that nobody waits', () => signal?.aborted || undefined)
      expect((await fetch(`${url}/v1/payouts/none`)).status).toBe(429)
      release.reject(new Error('given up'))
      await eventually('there is room', async () => (await fetch(`${url}/v1/payouts/none`)).status === 404 || undefined)
    })
    expect(small.logged()).not.toContain('"level":50')
  })

  it('a journal that nobody reads to its end leaves room', async () => {
    for (const _time of [1, 2, 3]) {
      const leaving = new AbortController()
      const answer = await eventually('there is room', async () => {
        const answer = await fetch(`${url}/v1/ledger?format=csv`, { signal: leaving.signal })
        return answer.status === 200 ? answer : undefined
      })
      await answer.body?.getReader().read()
      leaving.abort()
    }
    await eventually('there is room', async () => (await fetch(`${url}/v1/payouts/none`)).status === 404 || undefined)
  })

  it('is not counted of those who may not ask, nor of those whose bodies break off', async () => {
    for (const _time of [1, 2, 3]) {
      expect((await small.post('/v1/payouts', '{"')).statusCode).toBe(400)
      expect((await small.get('/v1/payouts/none')).statusCode).toBe(404)
    }
  })
})

// Once there is a key, all requests need one: so this comes last.
describe('with a key', () => {
  let headers: Record<string, string>
  let key: { id: string; name: string }
  beforeEach(() => {
    const made = http.bench.engine.keys.create('month-end', ['finance'], 0)
    headers = { authorization: `Bearer ${made.token}` }
    key = { id: made.key.id, name: made.key.name }
  })

  it('the log has which it was, beside who is said to have done it', async () => {
    await program('keyed')
    const opened = await http.post('/v1/payouts', opening('keyed'), headers)
    expect(opened.statusCode).toBe(201)
    const path = `/v1/payouts/${opened.json().batchId}`
    expect((await http.post(`${path}/approve`, { by: 'gil' }, headers)).statusCode).toBe(200)
    expect((await http.post(`${path}/export`, { format: 'csv' }, headers)).statusCode).toBe(200)
    const rows = await http.bench.engine.warehouse.rows(
      `SELECT type, toString(data.by) AS by, toString(data.key.id) AS id, toString(data.key.name) AS name
       FROM vouch.events WHERE program_id = 'keyed' AND type LIKE 'vouch.payout.%' ORDER BY vouch.events.position`,
    )
    expect(rows).toStrictEqual([
      { type: 'vouch.payout.opened.v1', by: 'fay', ...key },
      { type: 'vouch.payout.approved.v1', by: 'gil', ...key },
      { type: 'vouch.payout.submitted.v1', by: '', ...key },
    ])
    const { code } = await http.bench.run(['verify'])
    expect(code).toBe(0)
  })
})
