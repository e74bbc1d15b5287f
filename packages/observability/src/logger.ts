import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** One JSON object a line. Bodies and keys are never logged: they may hold secrets and personal data. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['req.headers.authorization', 'req.headers.cookie'],
  }
  return destination ? pino(options, destination) : pino(options)
}
