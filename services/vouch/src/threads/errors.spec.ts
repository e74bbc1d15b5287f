import { StoreError } from '@vouch/event-store'
import { WarehouseError } from '@vouch/warehouse'
import { describe, expect, it } from 'vitest'
import { packError, unpackError } from './errors.ts'
import { errorClasses } from './fold-protocol.ts'

/** What becomes of an error on its way to another thread. */
const sent = (error: unknown) => unpackError(structuredClone(packError(error)), errorClasses)

describe('an error from another thread', () => {
  it('is of the class that it was of, and knows what it knew', () => {
    const error = new WarehouseError('engine', 'Code 60. There is no such table.', 60)
    const arrived = sent(error)
    expect(arrived).toBeInstanceOf(WarehouseError)
    expect(arrived).toMatchObject({ name: 'WarehouseError', fault: 'engine', code: 60, message: error.message })
    expect(arrived.stack).toBe(error.stack)
  })

  it('has its cause, with its own class', () => {
    const failure = { tag: 'store-full', message: 'The disk is full.' } as const
    const arrived = sent(new Error('it stopped', { cause: new StoreError(failure) }))
    expect(arrived.cause).toBeInstanceOf(StoreError)
    expect(arrived.cause).toMatchObject({ failure })
  })

  it('keeps the name of a class that nobody knows, and is an Error', () => {
    class Odd extends Error {
      override readonly name = 'Odd'
      readonly amount = 5n
      readonly act = () => undefined
    }
    const arrived = sent(new Odd('odd'))
    expect(arrived).toBeInstanceOf(Error)
    expect(arrived).toMatchObject({ name: 'Odd', message: 'odd', amount: 5n })
    // A function stays where it is.
    expect(arrived).not.toHaveProperty('act')
  })

  it('is made of whatever else was thrown', () => {
    expect(sent('a text')).toMatchObject({ message: 'a text' })
    expect(sent(undefined)).toMatchObject({ message: 'undefined' })
  })

  it('is no property of what all objects have', () => {
    class Sly extends Error {
      override readonly name = 'constructor'
    }
    expect(sent(new Sly('sly'))).toMatchObject({ name: 'constructor', message: 'sly' })
  })
})
