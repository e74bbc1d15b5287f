// Checks what `vouch log export` wrote, without vouch: node check-log.mjs FILE [POSITION:HASH …]
// Each line's hash is the SHA-256 of the hash before it, a line feed, and the text of its entry. Seals are optional.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

const [file, ...given] = process.argv.slice(2)
const seals = new Map(given.map((seal) => seal.split(':')))
const fail = (says) => {
  console.error(says)
  process.exit(1)
}

let hash = '0'.repeat(64)
let number = 0
for await (const line of createInterface({ input: createReadStream(file) })) {
  number++
  const parts = /^\{"position":(\d+),"hash":"([0-9a-f]{64})","entry":(\{"count":(\d+),.*\})\}$/.exec(line)
  if (!parts) fail(`Line ${number} is no line of an exported log.`)
  const [, position, stated, entry, count] = parts
  if (Number(count) !== number) fail(`Line ${number} holds event ${count}: a line is missing or was moved.`)
  hash = createHash('sha256').update(`${hash}\n${entry}`).digest('hex')
  if (hash !== stated) fail(`The event at position ${position} (line ${number}) is not what was hashed.`)
  if ((seals.get(position) ?? hash) !== hash) fail(`The log up to position ${position} is not the one that was sealed.`)
  seals.delete(position)
}
if (seals.size > 0) fail(`The log does not reach ${[...seals.keys()].join(', ')}, where it was sealed.`)
console.log(`${number} events, each as it was hashed; the last has ${hash}.`)
