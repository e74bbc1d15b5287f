import type { LentClickHouse } from '@vouch/warehouse'
import { answerCalls, callsOver, type Handlers, type Port } from './calls.ts'
import { type ClickHouseProtocol, errorClasses } from './fold-protocol.ts'

/** ClickHouse as another thread has it. Blocks are moved there, and not copied. */
export function clickhouseOver(port: Port): LentClickHouse {
  const { call } = callsOver<ClickHouseProtocol>(port, errorClasses)
  return {
    command: (statement) => call('command', statement),
    append: (...args) => call('append', args),
    rows: <T>(...args: Parameters<LentClickHouse['rows']>) => call('rows', args) as Promise<T[]>,
    insert: (table, columns, block) => {
      // What is pooled is one piece of memory for many buffers; that cannot be given away.
      const isPooled = block.buffer.byteLength === Buffer.poolSize
      const own = isPooled ? Buffer.from(new Uint8Array(block).buffer) : block
      return call('insert', [table, columns, own], { transfer: [own.buffer as ArrayBuffer] })
    },
  }
}

/** Lets another thread use ClickHouse. */
export function lendClickHouse(port: Port, { command, append, rows, insert }: LentClickHouse) {
  const handlers: Handlers<ClickHouseProtocol> = {
    command: (statement) => command(statement),
    append: (args) => append(...args),
    rows: (args) => rows(...args),
    // It comes as an array of bytes.
    insert: ([table, columns, { buffer, byteOffset, byteLength }]) =>
      insert(table, columns, Buffer.from(buffer, byteOffset, byteLength)),
  }
  return answerCalls<ClickHouseProtocol>(port, handlers)
}
