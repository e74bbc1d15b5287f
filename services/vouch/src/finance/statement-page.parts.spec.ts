import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, openBrowser } from '../testing/browser.ts'
import { statementHtml } from './statement-html.ts'
import type { Statement, StatementTotals } from './statement-of.ts'
import type { RewardOfMonth } from './statement-rows.ts'

let browser: Browser
beforeAll(() => {
  browser = openBrowser()
})
afterAll(() => browser.close())

const reward = (number: number): RewardOfMonth => ({
  on: `2026-04-${String(1 + (number % 30)).padStart(2, '0')}`,
  role: number % 5 === 4 ? 'upline' : 'advocate',
  rewardId: `reward-${number}`,
  ruleId: 'purchase',
  conversionId: `order-${1_000 + number}`,
  memo: 'purchase',
  movement: number % 9 === 8 ? 'reversed' : 'earned',
  amount: number % 9 === 8 ? '-12.50' : `${10 + number}.25`,
  currency: 'EUR',
  payableFrom: '2026-05-24',
})

const totals: StatementTotals = {
  currency: 'EUR',
  opening: '1234.56',
  earned: '2345.67',
  reversed: '-25.00',
  paid: '-1200.00',
  writtenOff: '0.00',
  converted: '0.00',
  adjusted: '7.77',
  closing: '2363.00',
  pending: '2300.00',
  payable: '63.00',
  inTransit: '0.00',
}

/** A month of somebody who earns now and then, and is paid. */
const usual: Statement = {
  programId: 'spring',
  programName: 'Spring referral',
  kind: 'advocate',
  beneficiaryId: 'hugo',
  period: '2026-04',
  from: '2026-04-01',
  until: '2026-04-30',
  position: 1476,
  isClosed: true,
  totals: [totals, { ...totals, currency: 'USD', closing: '9876.54' }],
  rewards: Array.from({ length: 20 }, (_, index) => reward(index)),
  payments: [
    {
      on: '2026-04-03',
      batchId: 'spring-1',
      reference: '0FAB682AFB615727B25D98401DACEAED',
      outcome: 'settled',
      payment: '1200.00',
      amount: '-1200.00',
      currency: 'EUR',
    },
  ],
  others: [],
  adjustments: [
    { on: '2026-04-01', belongsOn: '2026-03-09', movement: 'earned', memo: 'late', amount: '7.77', currency: 'EUR' },
  ],
}

describe('the page of a statement, in a browser', () => {
  it('is one sheet of A4 in a usual month, with all of it', () => {
    const { width, height, sheets, words } = browser.print(statementHtml(usual))
    expect([Math.round(width), Math.round(height)]).toEqual([595, 842])
    expect(sheets).toHaveLength(1)
    const [sheet = ''] = sheets
    expect(sheet).toMatch(/Statement for April 2026/)
    expect(sheet).toMatch(/Closing balance +2363\.00 +9876\.54/)
    expect(sheet).toMatch(/0FAB682AFB615727B25D98401DACEAED +paid +−1200\.00 EUR/)
    for (const { conversionId } of usual.rewards) expect(sheet).toContain(conversionId)
    for (const { left, right } of words) expect(left > 0 && right < width).toBe(true)
  })

  it('runs on over further sheets in a long month, each with the names of its columns', () => {
    const long = {
      ...usual,
      payments: [],
      adjustments: [],
      rewards: Array.from({ length: 150 }, (_, at) => reward(at)),
    }
    const { sheets } = browser.print(statementHtml(long))
    expect(sheets.length).toBeGreaterThan(2)
    for (const sheet of sheets) expect(sheet).toMatch(/Day +Rule +For +Payable from +Amount/)
    for (const { conversionId } of long.rewards) {
      expect(sheets.filter((sheet) => sheet.includes(`${conversionId} `))).toHaveLength(1)
    }
  })

  it('keeps every amount on the paper, whatever ids and names are like', () => {
    const long = 'x'.repeat(300)
    const wide = {
      ...usual,
      programName: long,
      beneficiaryId: long,
      totals: [{ ...totals, closing: '123456789012.34' }],
      rewards: [{ ...reward(1), ruleId: long, conversionId: long, amount: '987654321.98' }],
      payments: usual.payments.map((payment) => ({ ...payment, batchId: long, reference: long })),
    }
    const { words, width } = browser.print(statementHtml(wide))
    const amounts = words.filter(({ text }) => /^−?\d+\.\d\d$/.test(text))
    expect(amounts.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['123456789012.34', '987654321.98', '−1200.00', '7.77']),
    )
    for (const { left, right } of words) expect(left > 0 && right < width).toBe(true)
  })

  it('runs nothing that a name brings with it', () => {
    const name = '"><script>document.title = "run"</script><img src=x onerror="document.title = \'run\'">'
    const hostile = {
      ...usual,
      programName: name,
      beneficiaryId: name,
      rewards: [{ ...reward(1), ruleId: name, conversionId: name }],
      adjustments: usual.adjustments.map((it) => ({ ...it, memo: name })),
    }
    const document = browser.documentOf(statementHtml(hostile))
    expect(/<title>(.*?)<\/title>/.exec(document)?.[1]).toMatch(/^Statement of /)
    expect(document).not.toMatch(/<(script|img)/)
  })

  it('fits a phone: what is too wide for it is moved by itself, not the page', () => {
    const frame = (page: string) =>
      `<!DOCTYPE html><title></title><iframe style="width: 360px; height: 700px; border: 0" srcdoc="${page
        .replaceAll('&', '&amp;')
        .replaceAll('"', '&quot;')}"></iframe><script>onload = () => {
        const { documentElement } = document.querySelector('iframe').contentDocument
        document.title = documentElement.clientWidth + ' ' + documentElement.scrollWidth
      }</script>`
    const [, seen, whole] = /<title>(\d+) (\d+)<\/title>/.exec(browser.documentOf(frame(statementHtml(usual)))) ?? []
    expect(Number(seen)).toBeGreaterThan(300)
    expect(Number(whole)).toBeLessThanOrEqual(Number(seen))
  })
})
