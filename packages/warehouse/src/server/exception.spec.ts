import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { untilException } from './exception.ts'

const tag = '0123456789abcdef'
const said = 'Code: 395. DB::Exception: Value passed to throwIf is non-zero. (FUNCTION_THROW_IF) (version 26.7.2.1)\n'
const end = `\r\n__exception__\r\n${tag}\r\n${said}${Buffer.byteLength(said)} ${tag}\r\n__exception__\r\n`

/** The text in pieces that end at these places. */
function inPieces(text: string, places: readonly number[]): Readable {
  const ends = [...new Set([...places, text.length])].sort((one, other) => one - other)
  const pieces = ends.map((at, index) => Buffer.from(text.slice(ends[index - 1] ?? 0, at)))
  return Readable.from(pieces.filter((piece) => piece.length > 0))
}

async function read(body: Readable, announced: readonly string[] = [tag]): Promise<{ text: string; error: unknown }> {
  let text = ''
  try {
    for await (const chunk of untilException(body, announced[0])) text += chunk.toString()
    return { text, error: undefined }
  } catch (error) {
    return { text, error }
  }
}

const places = fc.array(fc.nat(400), { maxLength: 12 })

describe('an answer as it comes', () => {
  it('is all there is, however it is cut into pieces', async () => {
    const rows = fc.string({
      unit: fc.constantFrom('a', '\r', '\n', '_', '__exception__\r\n', '\r\n__exception__\r\n'),
    })
    await fc.assert(
      fc.asyncProperty(rows, places, async (text, at) => {
        expect(await read(inPieces(text, at))).toEqual({ text, error: undefined })
      }),
    )
  })

  it('ends with what failed, which is no part of it, wherever the pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', 'a\t1\nb\t2\n', '\r\n'), places, async (text, at) => {
        const { text: got, error } = await read(inPieces(`${text}${end}`, at))
        expect(got).toBe(text)
        expect(error).toMatchObject({
          fault: 'engine',
          code: 395,
          message: 'Value passed to throwIf is non-zero. (FUNCTION_THROW_IF)',
        })
      }),
    )
  })

  it('says so where it is cut off, also within what failed', async () => {
    const cut = (text: string) =>
      Readable.from(
        (async function* () {
          yield Buffer.from(text)
          throw new Error('aborted')
        })(),
      )
    expect(await read(cut('a\n'))).toMatchObject({ error: { name: 'Passing', message: 'aborted' } })
    const whole = await read(cut(`a\n${end}`))
    expect(whole).toMatchObject({ text: 'a\n', error: { fault: 'engine', code: 395 } })
  })

  it('of a server that announces no tag is handed on as it is', async () => {
    expect(await read(inPieces(`a${end}`, [3]), [])).toEqual({ text: `a${end}`, error: undefined })
  })
})
