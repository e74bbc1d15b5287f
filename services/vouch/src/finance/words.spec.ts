import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { takeAmount, takeDay, takeId, takeName, takeReason, takeUuid, type Word } from './words.ts'

const day = left('must be a day such as 2026-03-31')
const amount = left('must be a decimal such as 25.00')
const name = left('must be a name of up to 200 characters')
const reason = left('must be a text of up to 500 characters')
const uuid = left('must be a UUID')
const lower = '0d7c4a52-9c3e-4c5f-8d0a-2f8b7f3f9f10'

describe('what is asked for in words', () => {
  it.each<[(text: string) => Word, string, Either<string, string>]>([
    [takeDay, '2026-02-28', right('2026-02-28')],
    [takeDay, '1970-01-01', right('1970-01-01')],
    [takeDay, '2149-06-06', right('2149-06-06')],
    [takeDay, '2026-02-29', day],
    [takeDay, '1969-12-31', day],
    [takeDay, '2149-06-07', day],
    [takeDay, '2026-2-1', day],
    [takeDay, '2026-02-28T00:00:00Z', day],
    [takeDay, '', day],
    [takeAmount, '0', right('0')],
    [takeAmount, '25.00', right('25.00')],
    [takeAmount, '123456789012.1234', right('123456789012.1234')],
    [takeAmount, '1234567890123', amount],
    [takeAmount, '1.', amount],
    [takeAmount, '-1', amount],
    [takeAmount, '1e3', amount],
    [takeAmount, '', amount],
    [takeName, ' fay ', right('fay')],
    [takeName, 'x'.repeat(200), right('x'.repeat(200))],
    [takeName, 'x'.repeat(201), name],
    [takeName, '🎉'.repeat(101), name],
    [takeName, ' ', name],
    [takeName, 'a\u2028b', name],
    [takeName, '\ud800', name],
    [takeReason, ' two\nlines ', right('two\nlines')],
    [takeReason, 'x'.repeat(501), reason],
    [takeReason, '\n', reason],
    [takeReason, '\ud800', reason],
    [takeUuid, lower.toUpperCase(), right(lower)],
    [takeUuid, lower.slice(1), uuid],
    [takeId, 'two words', right('two words')],
    [takeId, '🎉'.repeat(200), right('🎉'.repeat(200))],
    [takeId, '🎉'.repeat(201), left('has 201 characters; write at most 200')],
    [takeId, '', left('is empty; write 1 to 200 characters')],
    [takeId, '\udc00', left('must be well-formed text')],
  ])('%o: %j', (take, text, expected) => {
    expect(take(text)).toStrictEqual(expected)
  })
})
