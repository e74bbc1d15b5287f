import { describe, expect, it } from 'vitest'
import { given } from './given.ts'
import { restoringState } from './restoring.ts'
import { click, conversion, issued, program, terms } from './story.ts'

const k1 = click('v', 'ANNA', { at: '01-05', id: 'k1' })
const story = given(program()).when(k1, conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' }))
const touched = { table: 'touches', touch_id: 'click:app:k1', code: 'ANNA' }
const converted = { table: 'conversions', conversion_id: 'o', amount: '10.00' }
const credited = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].map((model) => ({
  table: 'attributions',
  model,
  credit: '1.000000000',
}))

describe('given, when, then', () => {
  it('accepts the rows as they are, and columns left out', () => {
    story.then(touched, converted, ...credited)
    story.thenIn('conversions', { conversion_id: 'o' })
  })

  it('can be asked for the position', () => {
    story.thenIn('conversions', { conversion_id: 'o', position: 9 })
    story.thenIn('touches', { position: 8 })
  })

  it.each<[string, () => void]>([
    ['a row too few', () => story.then(touched, converted, ...credited.slice(1))],
    ['a row too many', () => story.then(touched, converted, converted, ...credited)],
    ['no rows', () => story.then()],
    ['another order', () => story.then(converted, touched, ...credited)],
    ['another order within a table', () => story.then(touched, converted, ...[...credited].reverse())],
    ['another value', () => story.then(touched, { ...converted, amount: '10.01' }, ...credited)],
    ['a column that is not there', () => story.then(touched, { ...converted, amuont: undefined }, ...credited)],
    ['another table', () => story.then({ ...touched, table: 'clicks' }, converted, ...credited)],
    ['a row of a table too many', () => story.thenIn('conversions', { conversion_id: 'o' }, { conversion_id: 'o' })],
    ['a row of a table too few', () => story.thenIn('attributions', { model: 'linear' })],
    ['rows where there are none', () => story.thenIn('rewards', {})],
    ['a path without its touch', () => story.stands({ paths: [] })],
    ['a touch that is not in the path', () => story.stands({ paths: ['o: k1 k2'] })],
    ['another net amount', () => story.stands({ net: ['o 10.01 EUR'] })],
    ['a reward that is not there', () => story.stands({ rewards: ['x anna o 1.00 EUR'] })],
  ])('fails for %s', (_, expectation) => {
    expect(expectation).toThrow(/^expected \[|^expected \{/)
  })

  it('looks at what `when` led to, and at all of the log for what stands', () => {
    const later = given(program(), k1).when(issued('ANNA2', 'anna', { at: '01-06' }))
    later.then({ table: 'codes', code: 'ANNA2' })
    given(program(), k1, conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' }))
      .when(issued('ANNA2', 'anna', { at: '01-11' }))
      .stands({ paths: ['o: k1'], net: ['o 10.00 EUR'], lost: [], excluded: [], rewards: [], unpaid: [] })
  })

  it('takes valid events only', () => {
    expect(() => given(terms({ at: '01-01', currency: 'eur' })).then()).toThrow('data.currency')
    expect(() => given(click('v', '', { at: '01-01' })).then()).toThrow('data.code')
    expect(() => click('v', 'ANNA', { at: 'noon' })).toThrow('"noon" is no time of a spec')
  })
})

describe('a state that goes through JSON', () => {
  it('gives back what was put, as JSON has it', () => {
    const state = restoringState()
    state.put('kind', 'a\nb', { list: [1], left: undefined })
    state.put('kind', 'c', 1)
    state.add('index', 'a', 'y')
    state.add('index', 'a', 'x')
    state.add('index', 'a', 'z')
    state.remove('index', 'a', 'z')
    expect(state.get('kind', 'a\nb')).toStrictEqual({ list: [1] })
    expect(state.get('kind', 'b')).toBe(undefined)
    expect(state.keys('kind', 'a')).toStrictEqual(['a\nb'])
    expect(state.members('index', 'a')).toStrictEqual(['x', 'y'])
  })

  it('refuses what was changed and not put', () => {
    const state = restoringState()
    state.put('kind', 'key', { list: [1] })
    state.endEvent()
    state.get<{ list: number[] }>('kind', 'key')?.list.push(2)
    expect(() => state.endEvent()).toThrow('"kind\\nkey" was changed to {"list":[1,2]} and not put')
  })

  it('refuses what was changed after it was put', () => {
    const state = restoringState()
    const value = { list: [1] }
    state.put('kind', 'key', value)
    value.list.push(2)
    expect(() => state.endEvent()).toThrow('"kind\\nkey" was changed to {"list":[1,2]} and not put')
  })

  it('takes what was changed and put, also more than once', () => {
    const state = restoringState()
    for (const size of [1, 2]) {
      const list = state.get<number[]>('kind', 'key') ?? []
      list.push(size)
      state.put('kind', 'key', list)
    }
    state.endEvent()
    expect(state.get('kind', 'key')).toStrictEqual([1, 2])
  })
})
