// Checks what `vouch log export` wrote, without vouch: node check-log.mjs FILE [POSITION:HASH …]
// Each line's hash is the SHA-256 of the hash before it, a line feed, and the text of its entry; the closing line has that of
// all bytes before it. Files of an older vouch have no header and no closing line. Seals are optional.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

const [file, ...given] = process.argv.slice(2)
const seals = new Map(given.map((seal) => seal.split(':')))
const fail = (says) => {
  console.error(says)
  process.exit(1)
}

/** Line feeds alone end a line: a text may hold what other readers take for the end of one. */
async function* linesOf(path) {
  let rest = ''
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    yield* lines
  }
  if (rest !== '') yield rest
}

const bytes = createHash('sha256')
let hash = '0'.repeat(64)
let line = 0
let number = 0
let isOpen = false
let isClosed = false
for await (const text of linesOf(file)) {
  line++
  if (isClosed) fail(`Line ${line} comes after the closing line.`)
  const closing = isOpen && /^\{"events":(\d+),"hash":"([0-9a-f]{64})","sha256":"([0-9a-f]{64})"\}$/.exec(text)
  if (closing) {
    const [, events, last, sha256] = closing
    if (Number(events) !== number || last !== hash || sha256 !== bytes.digest('hex'))
      fail(`The closing line (line ${line}) is that of another file: something before it was changed.`)
    isClosed = true
    continue
  }
  bytes.update(`${text}\n`)
  if (line === 1 && text.startsWith('{"vouchLog":1,')) {
    isOpen = true
    continue
  }
  number++
  const parts = /^\{"position":(\d+),"hash":"([0-9a-f]{64})","entry":(\{"count":(\d+),.*\})\}$/s.exec(text)
  if (!parts) fail(`Line ${line} is no line of an exported log.`)
  const [, position, stated, entry, count] = parts
  if (Number(count) !== number) fail(`Line ${line} holds event ${count}: a line is missing or was moved.`)
  hash = createHash('sha256').update(`${hash}\n${entry}`).digest('hex')
  if (hash !== stated) fail(`The event at position ${position} (line ${line}) is not what was hashed.`)
  if ((seals.get(position) ?? hash) !== hash) fail(`The log up to position ${position} is not the one that was sealed.`)
  seals.delete(position)
}
if (isOpen && !isClosed) fail(`The file ends after line ${line} without its closing line: it was cut off.`)
if (seals.size > 0) fail(`The log does not reach ${[...seals.keys()].join(', ')}, where it was sealed.`)
console.log(`${number} events, each as it was hashed; the last has ${hash}.`)
