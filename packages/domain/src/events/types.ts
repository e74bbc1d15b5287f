import type { z } from 'zod'
import type { DataSchemas } from './catalog.ts'

/** The type of an event, as it stands in the CloudEvents attribute `type`. */
export type EventType = keyof DataSchemas

/** What parsing yields for `data` of an event of type T. Fields that no schema knows are kept beside these at run time. */
export type DataOf<T extends EventType> = z.output<DataSchemas[T]>

/** An event of one type, parsed: canonical money, trimmed codes, unknown fields kept. */
export interface EventOf<T extends EventType> {
  readonly id: string
  readonly source: string
  readonly type: T
  /** When it happened in the world, ms since the epoch, UTC. */
  readonly time: number
  readonly data: DataOf<T>
  /** CloudEvents attributes beyond those above; absent if there are none. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** Any event, told apart by `type`. */
export type VouchEvent = { [T in EventType]: EventOf<T> }[EventType]
