import { type Conflict, outcomeJson, type Rejected } from '@vouch/ingestion'
import type { Headers, InboundMessage } from './message.ts'

/** Where a message stood. */
export interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** A message for the topic of what could not be taken. */
export interface RejectedMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[]>>
}

/** Longer texts are cut: a reason names fields that a sender chose. */
const longestText = 2_000

/**
 * A message that was not taken, with key, value and headers as they came, and why in headers `vouch_…`. Its place names it,
 * for it may be written twice.
 */
export function rejectedMessage(
  message: InboundMessage,
  { topic, partition, offset }: Place,
  outcome: Conflict | Rejected,
): RejectedMessage {
  const { position, error } = outcomeJson(outcome)
  const cut = (text: string) => (text.length > longestText ? `${text.slice(0, longestText).toWellFormed()}…` : text)
  const said = {
    vouch_outcome: outcome.outcome,
    vouch_field: cut(error?.field ?? ''),
    vouch_reason: cut(error?.reason ?? ''),
    ...(position === undefined ? {} : { vouch_position: String(position) }),
    vouch_topic: topic,
    vouch_partition: String(partition),
    vouch_offset: offset,
  }
  return { key: message.key, value: message.value, headers: { ...present(message.headers), ...said } }
}

/** A key that is longer says nothing more. */
const longestKey = 1_000

/** What can be kept of a message that its topic has no room for: all but its value, the headers of its sender, and a long key. */
export function withoutValue({ key, value, headers }: RejectedMessage): RejectedMessage {
  const bytes = value?.length ?? 0
  const own = Object.entries(headers).filter(([name]) => name.startsWith('vouch_'))
  const why = `the value of ${bytes} bytes is more than the topic takes; it stands where vouch_topic, vouch_partition and vouch_offset say`
  return {
    key: key !== null && key.length <= longestKey ? key : null,
    value: null,
    headers: { ...Object.fromEntries(own), vouch_left_out: why },
  }
}

/** As many bytes as it takes in a batch of records, or a few more. */
export function sizeOf({ key, value, headers }: RejectedMessage): number {
  let bytes = 50 + (key?.length ?? 0) + (value?.length ?? 0)
  for (const [name, values] of Object.entries(headers)) {
    for (const it of [values].flat()) bytes += 10 + Buffer.byteLength(name) + Buffer.byteLength(it)
  }
  return bytes
}

/** The headers that can be written: kafkajs reads some names (`constructor`, say) together with what every object has of that name. */
const present = (headers: Headers = {}): RejectedMessage['headers'] =>
  Object.fromEntries(
    Object.entries(headers).map(([name, given]) => {
      const values = [given].flat().map((it) => it ?? '')
      const own = values.filter((it) => typeof it === 'string' || Buffer.isBuffer(it))
      return [name, own.length === 1 ? (own[0] as Buffer | string) : own]
    }),
  )
