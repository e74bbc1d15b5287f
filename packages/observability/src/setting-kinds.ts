import { z } from 'zod'

/** Kinds of settings that several processes have. What is wrong with a value is said as what would be right. */

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export const logLevel = z.enum(logLevels, `one of ${logLevels.join(', ')}`).default('info')

export const wholeNumber = (least: number, most: number) => {
  const right = `a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d{1,9}$/, right)
    .transform(Number)
    .pipe(z.number().min(least, right).max(most, right))
}

/** A name or an address (IPv6 in brackets), and a port. */
const isBroker = (text: string): boolean => {
  const port = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/.exec(text)?.[1]
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536
}

const rightBrokers = 'HOST:PORT of one or more brokers, with commas between'

export const brokers = z
  .string(rightBrokers)
  .transform((text) => text.split(',').map((it) => it.trim()))
  .refine((all) => all.every(isBroker), rightBrokers)

/** What is wrong with the name of a cluster, as what would be right; undefined if nothing is. */
export const wrongCluster = (text: string): string | undefined => (clusterPattern.test(text) ? undefined : rightCluster)

const clusterPattern = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/
const rightCluster = 'the name of a cluster in remote_servers, of letters, digits and underscores'

export const cluster = z.string().regex(clusterPattern, rightCluster)
