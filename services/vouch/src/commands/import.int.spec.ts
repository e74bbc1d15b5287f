import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { ndjson, published, story } from '../testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  writeFileSync(join(bench.dir, 'story.ndjson'), ndjson([published(), ...story]))
  writeFileSync(join(bench.dir, 'broken.ndjson.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0]))
})
afterAll(() => bench.close())

describe('vouch import', () => {
  it.each([
    ['a file that is not there', ['none.ndjson'], 'none.ndjson does not exist.'],
    ['a folder', ['.'], ' is a folder; name the files in it.'],
    ['a mapping that is not there', ['story.ndjson', '--map', 'no.yaml'], 'no.yaml does not exist.'],
    ['a file that breaks off', ['broken.ndjson.gz'], 'is gzip that breaks off before its end; copy it again.'],
    ['rejects in no folder', ['story.ndjson', '--rejects', 'no/r.ndjson'], 'no does not exist.'],
    [
      'another order',
      ['story.ndjson', '--order', 'size'],
      'Allowed choices are time, file; vouch import --help shows what there is.',
    ],
    ['no file at all', [], "Missing required argument 'file'; vouch import --help shows what there is."],
    ['an option of another command', ['story.ndjson', '--port', '1'], "Unknown option '--port'"],
  ])('takes %s for wrong usage, and appends nothing', async (_what, words, says) => {
    const { code, out, err } = await bench.run(['import', ...words])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(says)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(await bench.engine.store.head()).toBe(0n)
  })

  it('draws a bar on a terminal, and takes it away again', async () => {
    const { code, out, err } = await bench.run(['import', 'story.ndjson'], { columns: 80 })
    expect({ code, out }).toEqual({ code: 0, out: '11 read: 11 appended, 0 duplicate, 0 in conflict, 0 rejected.\n' })
    expect(err).toMatch(/reading|sorting|appending|projecting/)
    const [showsCursor, clearsLine] = ['\u001b[?25h', '\u001b[2K']
    expect(err).toContain(showsCursor)
    expect(err.endsWith(clearsLine)).toBe(true)
  })

  it('says how far it came when it is stopped', async () => {
    const stop = new AbortController()
    stop.abort()
    expect(await bench.run(['import', 'story.ndjson'], { signal: stop.signal })).toEqual({
      code: 130,
      out: '',
      err: 'Stopped; what was acknowledged is kept, and the same command completes the rest.\n',
    })
  })
})
