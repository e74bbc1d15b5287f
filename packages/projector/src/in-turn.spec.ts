import { describe, expect, it } from 'vitest'
import { foldingInTurn } from './in-turn.ts'
import type { LoggedEvent, Projection, Row } from './projection.ts'
import { memoryState } from './state/memory-state.ts'

const row = (table: string, of: unknown): Row => ({ table, values: { of } })
const logged = (position: bigint) => ({ position }) as LoggedEvent

/** Says what it was given. */
const projection = (name: string, follows?: string): Pick<Projection, 'name' | 'follows' | 'fold'> => ({
  name,
  follows,
  fold: (_state, { position }, followed) => [row(name, `${position} ${followed.map(({ table }) => table).join()}`)],
})

describe('folding in turn', () => {
  it('gives each projection the rows that the one it follows has made of the same event', () => {
    const { fold } = foldingInTurn(
      [projection('a'), projection('b', 'a'), projection('c', 'b'), projection('d', 'a')],
      () => memoryState(),
    )
    const said = (position: bigint) => fold(logged(position)).map((rows) => rows[0]?.values.of)
    expect(said(1n)).toStrictEqual(['1 ', '1 a', '1 b', '1 a'])
    expect(said(2n)).toStrictEqual(['2 ', '2 a', '2 b', '2 a'])
  })

  it('gives those that follow an event in parts part by part, and has the others fold it once', () => {
    const leader = {
      ...projection('a'),
      foldInParts: (_state: unknown, { position }: LoggedEvent) =>
        position === 2n ? [[row('a', 1)], [row('a', 2), row('a', 3)]] : undefined,
    }
    const counting = {
      ...projection('c', 'a'),
      followParts: () => {
        let known = 0
        return (part: readonly Row[]) => {
          known += part.length
          return [row('c', known)]
        }
      },
    }
    const { foldInParts } = foldingInTurn([projection('z'), leader, projection('b', 'a'), counting], () =>
      memoryState(),
    )
    expect(foldInParts(logged(1n))).toBeUndefined()
    const said: unknown[][] = []
    for (const made of foldInParts(logged(2n)) ?? []) said.push(made.map((rows) => rows.map(({ values }) => values.of)))
    expect(said).toStrictEqual([
      [['2 '], [1], ['2 a'], [1]],
      [[], [2, 3], ['2 a,a'], [3]],
    ])
  })

  it.each([
    [
      'that is not there',
      [projection('a'), projection('b', 'x')],
      'Projection "b" follows "x", which must come before it.',
    ],
    [
      'that comes later',
      [projection('b', 'a'), projection('a')],
      'Projection "b" follows "a", which must come before it.',
    ],
    ['itself', [projection('a', 'a')], 'Projection "a" follows "a", which must come before it.'],
  ])('refuses one that follows one %s', (_name, projections, message) => {
    expect(() => foldingInTurn(projections, () => memoryState())).toThrow(message)
  })
})
