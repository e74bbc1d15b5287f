import kafkajs, { type Producer } from 'kafkajs'
import { type RejectedMessage, sizeOf, withoutValue } from './rejected.ts'

// kafkajs is CommonJS, and this name is not found in it from outside.
const { KafkaJSProtocolError } = kafkajs

/** Messages are sent together up to so many bytes, well below what a topic takes in one go by default. */
const bytesASend = 512 * 1024

/**
 * Writes to the topic of what could not be taken, and waits until all replicas in sync have it. What is larger than the topic
 * takes is written without its value, so that one message cannot keep all behind it from being read.
 */
export function createRejecting(
  producer: Pick<Producer, 'send'>,
  topic: string,
): (messages: readonly RejectedMessage[]) => Promise<void> {
  const send = async (messages: readonly RejectedMessage[]) => {
    await producer.send({ topic, acks: -1, messages: messages.map((it) => ({ ...it })) })
  }
  return async (messages) => {
    for (const group of groupsOf(messages)) {
      try {
        await send(group)
      } catch (error) {
        if (!isTooLarge(error)) throw error
        for (const message of group) await sendOne(message, send)
      }
    }
  }
}

async function sendOne(message: RejectedMessage, send: (messages: readonly RejectedMessage[]) => Promise<void>) {
  try {
    await send([message])
  } catch (error) {
    if (!isTooLarge(error)) throw error
    await send([withoutValue(message)])
  }
}

function* groupsOf(messages: readonly RejectedMessage[]): Generator<readonly RejectedMessage[]> {
  let group: RejectedMessage[] = []
  let bytes = 0
  for (const message of messages) {
    const size = sizeOf(message)
    if (group.length > 0 && bytes + size > bytesASend) {
      yield group
      group = []
      bytes = 0
    }
    group.push(message)
    bytes += size
  }
  if (group.length > 0) yield group
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof KafkaJSProtocolError &&
  (error.type === 'MESSAGE_TOO_LARGE' || error.type === 'RECORD_LIST_TOO_LARGE')
