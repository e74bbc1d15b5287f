import { describe, expect, it } from 'vitest'
import { type FaultKind, faultKinds } from './faults.ts'
import { failureText, Report } from './report.ts'
import type { Outcome } from './simulate.ts'

const outcome = (seed: number, more: Partial<Outcome> = {}): Outcome => ({
  seed,
  failure: undefined,
  steps: 10,
  events: 2,
  answers: 3,
  faults: new Map(faultKinds.map((kind) => [kind, 1])),
  trace: [],
  digest: '',
  ...more,
})

const reportOf = (outcomes: readonly Outcome[]): Report => {
  const report = new Report()
  for (const one of outcomes) report.add(one)
  return report
}

describe('the report', () => {
  it('adds up what happened', () => {
    const report = reportOf([outcome(1), outcome(2)])
    expect(report.isGood).toBe(true)
    expect(report.text(1.25).split('\n').slice(-2)).toEqual([
      '          2  producer gives up waiting and sends again',
      '2 seeds, none failed: 20 steps, 4 events in logs, 6 answers, 1.3 s',
    ])
  })

  it('is not good with a failure, and says how to see it again', () => {
    const trace = Array.from({ length: 40 }, (_, index) => `step ${index + 1}`)
    const report = reportOf([outcome(1), outcome(12, { failure: 'a row was lost\nat once', trace })])
    expect(report.isGood).toBe(false)
    expect(report.text(1)).toContain('2 seeds, 1 failed')
    const lines = report.failures.map(failureText).join('\n').split('\n')
    expect(lines.slice(0, 2)).toEqual(['  step 11', '  step 12'])
    expect(lines.at(-1)).toBe('seed 12 failed: a row was lost; replay with npm run simulate -- --seed 12 --trace')
  })

  it('is not good when many seeds have not had some fault', () => {
    const faults = new Map(faultKinds.slice(1).map((kind): [FaultKind, number] => [kind, 1]))
    const few = Array.from({ length: 99 }, (_, seed) => outcome(seed, { faults }))
    expect(reportOf(few).isGood).toBe(true)
    const many = reportOf([...few, outcome(100, { faults })])
    expect(many.isGood).toBe(false)
    expect(many.text(1).split('\n').at(-1)).toBe(
      'Of all these seeds none had the fault "append fails before it is done": it is not tried any longer.',
    )
  })
})
