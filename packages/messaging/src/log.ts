import { type logCreator, logLevel } from 'kafkajs'

/** Takes what is to be logged; pino's loggers do. */
export interface Log {
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
  debug(fields: object, text: string): void
}

/**
 * Hands on what kafkajs says. It calls an error what passes by itself, such as a broker that starts; what does not pass ends
 * the session, and that is said as an error by whoever runs it.
 */
export const kafkajsLog =
  (log: Log): logCreator =>
  () =>
  ({ level, namespace, log: { message, timestamp: _, logger: __, ...fields } }) => {
    const text = `${namespace}: ${message}`
    if (level === logLevel.ERROR && !isUsual(fields.error ?? message)) log.warn({ kafkajs: fields }, text)
    else log.debug({ kafkajs: fields }, text)
  }

/** A transaction is refused while Kafka still ends the one before, and is begun again some ms later. */
const isUsual = (error: unknown): boolean =>
  String(error).includes('another concurrent operation on the same transaction was ongoing')
