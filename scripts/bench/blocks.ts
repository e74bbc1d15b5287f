import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import type { InsertArguments } from './fold.ts'

/** A file of blocks of rows, each after its length in bytes: what a fold has inserted, to be inserted again. */
export interface BlockWriter {
  write(block: InsertArguments): void
  close(): void
}

const lengthBytes = 4

export function writeBlocks(path: string): BlockWriter {
  const file = openSync(path, 'w')
  return {
    write(block) {
      const bytes = serialize(block)
      const length = Buffer.alloc(lengthBytes)
      length.writeUInt32LE(bytes.length)
      for (const part of [length, bytes]) {
        if (writeSync(file, part) !== part.length) throw new Error(`${path} could not be written whole.`)
      }
    },
    close: () => closeSync(file),
  }
}

/** One block in memory at a time. */
export function* readBlocks(path: string): Generator<InsertArguments> {
  const file = openSync(path, 'r')
  try {
    const length = Buffer.alloc(lengthBytes)
    while (readSync(file, length) === lengthBytes) {
      const bytes = Buffer.alloc(length.readUInt32LE())
      if (readSync(file, bytes) !== bytes.length) throw new Error(`${path} ends within a block.`)
      yield deserialize(bytes)
    }
  } finally {
    closeSync(file)
  }
}
