import { isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { readEventMessage, readJsonMessage } from './json-message.ts'

describe('a message', () => {
  it('is one JSON value, over as many lines as it likes', () => {
    expect(readJsonMessage(Buffer.from('{\n  "name": "Grüße"\n}\n'))).toEqual(right({ name: 'Grüße' }))
  })

  it.each([
    ['', 'this is not JSON: at column 1 there should be a value, not the end'],
    ['{"a":1}{"b":2}', 'this is not JSON: at column 8 there should be nothing more, not "{\\"b\\":2}"'],
    ['{"a":', 'this is not JSON: at column 6 there should be a value, not the end'],
  ])('%j is none', (text, reason) => {
    expect(readJsonMessage(Buffer.from(text))).toEqual(left(reason))
  })

  it('is UTF-8', () => {
    const latin = Buffer.from('{"a":"\xe9"}', 'latin1')
    expect(readJsonMessage(latin)).toEqual(left('byte 6 of the message is not UTF-8; write JSON in UTF-8'))
  })

  it('has the length that one event may have', () => {
    const text = (bytes: number) => Buffer.from(`"${'x'.repeat(bytes - 2)}"`)
    expect(isRight(readJsonMessage(text(1_048_576)))).toBe(true)
    expect(readJsonMessage(text(1_048_577))).toEqual(
      left('this message has 1048577 bytes, more than the 1048576 that one event may have'),
    )
  })
})

it('an event is no array of events', () => {
  expect(readEventMessage(Buffer.from('[{}]'))).toEqual({
    tag: 'unreadable',
    field: '',
    reason: 'this message is a JSON array; send each event as a message of its own',
  })
  expect(readEventMessage(Buffer.from('{"id":"e"}'))).toEqual({ tag: 'value', value: { id: 'e' } })
})
