import { describe, expect, it, vi } from 'vitest'
import { chart } from './chart.ts'
import { type Figure, type Kept, keep, merged } from './figure.ts'
import { type Goal, goals, standingOf } from './goals.ts'
import { inTurn } from './in-turn.ts'
import { parseSize, parseSizes, readOptions, runsFor, sizeText } from './options.ts'
import { figureTable, goalTable, number, replaceBetween, report } from './report.ts'
import { joined, type Results, withGoals } from './results.ts'
import { ratios, spreadOf } from './stats.ts'
import { workload } from './workload.ts'

const kept = (name: string, events: number, ...values: number[]): Kept => {
  const figure: Figure = { name, label: `label of ${name}`, unit: 'ratio', events, values }
  return keep(figure, '2026-11-28')
}

describe('runs', () => {
  it('are told by their median, least and most', () => {
    expect(spreadOf([3])).toEqual({ median: 3, min: 3, max: 3 })
    expect(spreadOf([9, 1, 2])).toEqual({ median: 2, min: 1, max: 9 })
    expect(spreadOf([4, 1, 2, 100])).toEqual({ median: 3, min: 1, max: 100 })
  })

  it('are held against the limit of the same run', () => {
    expect(ratios([50, 30], [100, 120])).toEqual([0.5, 0.25])
    expect(() => ratios([1, 2], [1])).toThrow('2 runs cannot be compared with 1 runs of their limit.')
  })

  it('take turns', async () => {
    const order: string[] = []
    const task = (name: string) => async (run: number) => {
      order.push(`${name}${run}`)
      return `${name}${run}`
    }
    const results = await inTurn(2, { subject: task('a'), limit: task('b') })
    expect(order).toEqual(['a0', 'b0', 'a1', 'b1'])
    expect(results).toEqual({ subject: ['a0', 'a1'], limit: ['b0', 'b1'] })
  })
})

describe('sizes', () => {
  it.each([
    ['100k', 100_000],
    ['1m', 1_000_000],
    ['10M', 10_000_000],
    ['1.5m', 1_500_000],
    ['25000', 25_000],
  ])('%s', (text, events) => expect(parseSize(text)).toBe(events))

  it.each(['', '10', 'many', '1g', '-100k', '0.00001m', '1m2'])('%j is none', (text) => {
    expect(() => parseSize(text)).toThrow(`"${text}" is no size of a log; give one from 10k on`)
  })

  it('are taken once each, the smallest first', () => {
    expect(parseSizes('1m, 100k,1000k')).toEqual([100_000, 1_000_000])
  })

  it('are written as they are given', () => {
    expect([25_500, 100_000, 1_000_000, 1_500_000].map(sizeText)).toEqual(['25.5k', '100k', '1M', '1.5M'])
  })
})

describe('options', () => {
  const names = ['append', 'rebuild']

  it('have defaults', () => {
    expect(readOptions(names, ['node', 'main'])).toEqual({ events: [100_000, 1_000_000], liveSeconds: 20 })
    expect([100_000, 1_000_000, 10_000_000].map(runsFor)).toEqual([3, 3, 1])
  })

  it('are read', () => {
    const words = ['--events', '100k', '--only', 'rebuild', '--runs', '5', '--dir', 'd', '--keep', '--json', '--write']
    expect(readOptions(names, ['node', 'main', ...words])).toEqual({
      events: [100_000],
      only: ['rebuild'],
      runs: 5,
      liveSeconds: 20,
      dir: 'd',
      keep: true,
      json: true,
      write: true,
    })
  })

  it('take a folder for one size alone', () => {
    const words = ['node', 'main', '--folder', 'd']
    expect(readOptions(names, [...words, '--events', '10k'])).toMatchObject({ events: [10_000], folder: 'd' })
    const said: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exits ${code}`)
    })
    expect(() => readOptions(names, words)).toThrow('exits 1')
    vi.restoreAllMocks()
    expect(said.join('')).toBe('error: --folder has the events of one size; name it with --events.\n')
  })
})

describe('a goal', () => {
  const least: Goal = { figure: 'f', label: 'f', unit: 'ratio', wanted: { least: 0.8 } }
  const most: Goal = { figure: 'f', label: 'f', unit: 'ratio', wanted: { most: 1.3 }, at: 1_000 }

  it('is met by the median at its bound, and missed beyond it', () => {
    expect(standingOf(least, [kept('f', 10, 0.1, 0.8, 0.9)]).tag).toBe('met')
    expect(standingOf(least, [kept('f', 10, 0.1, 0.79, 0.9)]).tag).toBe('missed')
    expect(standingOf(most, [kept('f', 1_000, 1.3)]).tag).toBe('met')
    expect(standingOf(most, [kept('f', 1_000, 1.31)]).tag).toBe('missed')
  })

  it('is judged at the largest size, or at its own', () => {
    const figures = [kept('f', 1_000, 1.2), kept('f', 10_000, 0.7), kept('f', 10, 0.9), kept('other', 100_000, 9)]
    expect(standingOf(least, figures)).toMatchObject({ tag: 'missed', measured: { events: 10_000 } })
    expect(standingOf(most, figures)).toMatchObject({ tag: 'met', measured: { events: 1_000 } })
  })

  it('is not judged at another size than its own, nor where nothing was measured', () => {
    expect(standingOf(most, [kept('f', 10, 1)])).toMatchObject({ tag: 'other-size', measured: { events: 10 } })
    expect(standingOf(most, [kept('other', 1_000, 1)])).toEqual({ tag: 'not-measured', goal: most })
  })
})

const results: Results = {
  day: '2026-11-28',
  commit: 'abc',
  command: 'npm run bench --',
  machine: { cores: 2, cpu: 'a CPU', memoryGiB: 8, node: '24.0.0', sqlite: '3', clickHouse: '26.7', loadBefore: 0.5 },
  notes: ['100k: a note'],
  figures: [kept('append/1000/of-raw', 100_000, 0.5, 0.75, 0.7), kept('cost/cpu', 1_000_000, 1.25)],
}

describe('results', () => {
  it('take the place of older ones of the same figure and size', () => {
    const older = [kept('a', 10, 1), kept('a', 20, 2), kept('b', 10, 3)]
    expect(merged(older, [kept('a', 20, 5)])).toEqual([kept('a', 10, 1), kept('b', 10, 3), kept('a', 20, 5)])
    expect(joined(undefined, results)).toEqual(results)
    expect(joined({ ...results, day: '2026-01-01', figures: older }, results)).toMatchObject({
      day: '2026-11-28',
      figures: [...older, ...results.figures],
    })
  })

  it('say how each goal stands', () => {
    const [first] = withGoals(results).goals
    expect(withGoals(results).goals).toHaveLength(goals.length)
    expect(first).toMatchObject({ figure: 'append/1000/of-raw', standing: 'missed', measured: 0.7, events: 100_000 })
  })

  it('are shown with their spread', () => {
    expect(goalTable(results.figures).split('\n')).toEqual(
      expect.arrayContaining([
        '| goal | wanted | measured | at | met |',
        '|---|---:|---:|---:|---:|',
        '| append by 1,000, of SQLite | ≥ 0.80 | 0.70 (0.50 to 0.75) | 100k | no |',
        '| processor of an event at ten million, of that at 100k | ≤ 1.30 | 1.25 | 1M | not measured at that size |',
        '| start until ready, s | ≤ 5 |  |  | not measured |',
      ]),
    )
    expect(figureTable(results.figures)).toBe(
      [
        '| median (least to most) | 100k | 1M |',
        '|---|---:|---:|',
        '| label of append/1000/of-raw | 0.70 (0.50 to 0.75) |  |',
        '| label of cost/cpu |  | 1.25 |',
      ].join('\n'),
    )
  })

  it('are shown beside older ones', () => {
    const before = { ...results, figures: [kept('append/1000/of-raw', 100_000, 0.4), kept('cost/cpu', 10, 2)] }
    const text = report(results, before)
    expect(text).toContain('| goal | wanted | before | measured | at | met |')
    expect(text).toContain('| append by 1,000, of SQLite | ≥ 0.80 | 0.40 | 0.70 (0.50 to 0.75) | 100k | no |')
    expect(text).toContain('2 cores (a CPU), 8 GiB, Node 24.0.0, SQLite 3, ClickHouse 26.7')
    expect(text).toContain('- 100k: a note')
  })

  it.each([
    [0.666, 'ratio', '0.67'],
    [1.3, 'ratio', '1.30'],
    [12_345.6, 'events/s', '12,346'],
    [12.345, 'ms', '12.3'],
    [1.234, 's', '1.23'],
  ] as const)('%d as %s', (value, unit, text) => expect(number(value, unit)).toBe(text))
})

describe('a document', () => {
  const document = 'before\n\n<!-- results -->\n\nold\n\n<!-- /results -->\n\nafter'

  it('takes the text between its markers, any number of times', () => {
    const once = replaceBetween(document, 'results', 'new')
    expect(once).toBe('before\n\n<!-- results -->\n\nnew\n\n<!-- /results -->\n\nafter')
    expect(replaceBetween(once, 'results', 'new')).toBe(once)
  })

  it('that lacks a marker is left alone', () => {
    const message = 'The document has no <!-- results --> with a <!-- /results --> after it.'
    expect(() => replaceBetween('<!-- results -->', 'results', 'new')).toThrow(message)
    expect(() => replaceBetween('<!-- /results --> <!-- results -->', 'results', 'new')).toThrow(message)
  })
})

describe('the chart', () => {
  it('shows each ratio that there is over the sizes', async () => {
    const svg = await chart([kept('rebuild/of-read', 100_000, 0.3, 0.4), kept('rebuild/of-read', 1_000_000, 0.5)])
    const texts = [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text]) => text)
    expect(svg).toMatch(/^<svg /)
    expect(texts).toEqual(expect.arrayContaining(['rebuild: higher is better', 'goal 1.0', '100k', '1M']))
    expect(texts).toContain('of reading and parsing')
    expect(texts).not.toContain('of inserting alone')
    expect(texts).not.toContain('appends: higher is better')
  })
})

describe('a workload of other shapes', () => {
  it('has its terms at the end, for all that came before', () => {
    const sent = [...workload({ events: 5_000, seed: 3, publishedLast: true })]
    const types = sent.map(({ event }) => event.type)
    expect(types).toHaveLength(5_000)
    expect(types.indexOf('vouch.program.published.v1')).toBe(4_999)
    const terms = sent[4_999]?.event.data as { readonly effectiveFrom?: string } | undefined
    expect(Date.parse(terms?.effectiveFrom ?? '')).toBeLessThan(sent[0]?.recordedAt ?? 0)
  })

  it('has a visitor for most of its events', () => {
    const clicks = [...workload({ events: 20_000, seed: 3, maxTouches: 1 })].flatMap(
      ({ event }) => (event.data as { readonly visitorId?: string }).visitorId ?? [],
    )
    expect(new Set(clicks).size).toBeGreaterThan(15_000)
  })
})

describe('a workload that is gone on with', () => {
  it('has the events of the smaller one first', () => {
    const small = [...workload({ events: 30_000, seed: 3 })]
    const large = [...workload({ events: 30_500, seed: 3, followsOn: 30_000 })]
    expect(large).toHaveLength(30_500)
    expect(large.slice(0, 30_000)).toEqual(small)
  })
})
