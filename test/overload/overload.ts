import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../services/vouch/src/testing/eventually.ts'
import { openPlace, type Place } from '../../services/vouch/src/testing/place.ts'
import { advocates, published } from '../../services/vouch/src/testing/samples.ts'
import { type Server, startServer } from '../../services/vouch/src/testing/server.ts'
import { source } from './events.ts'
import { Fates } from './fates.ts'
import { type Second, Seconds, sample } from './seconds.ts'
import { type Answer, Sender } from './sender.ts'

export interface OverloadOptions {
  /** How long the load lasts, s. */
  readonly seconds: number
  /** How long it is tried out what can be taken, s. */
  readonly tryOutSeconds: number
  /** How long it is watched before the load and after it, s. */
  readonly quietSeconds: number
  /** How many times as much is offered as it can take. */
  readonly times: number
  /** Settings of the server. */
  readonly env?: Readonly<Record<string, string>>
  readonly onPhase?: (what: string) => void
  readonly onSecond?: (second: Second) => void
}

export interface Outcome {
  /** Events a second that are taken where as many come as can be answered: in requests of a hundred, and one by one. */
  readonly capacity: { readonly batches: number; readonly singles: number }
  readonly offeredPerSecond: number
  /** Before the load, while it lasts, and after it until the tables are complete. */
  readonly before: readonly Second[]
  readonly during: readonly Second[]
  readonly after: readonly Second[]
  /** Until the tables were complete again, after the load had ended. */
  readonly caughtUpAfterSeconds: number
  readonly counts: ReturnType<Fates['counts']>
  /** What is wrong with the log, a sentence each. */
  readonly problems: readonly string[]
  /** What `vouch verify` said. */
  readonly verified: string
}

const large = { batch: 100, connections: 32 }
const small = { batch: 1, connections: 8 }

/** Requests a second of the sender that is not to suffer from the other one. */
const smallPerSecond = 20

/** Offers a server several times what it can take, lets it recover, and holds its log to what it answered. */
export async function overload(options: OverloadOptions): Promise<Outcome> {
  const place = await openPlace()
  const tokens = {
    large: (await place.vouch('keys', 'create', '--scopes', 'ingest')).out.trim(),
    small: (await place.vouch('keys', 'create', '--scopes', 'ingest')).out.trim(),
    admin: (await place.vouch('keys', 'create', '--scopes', 'admin')).out.trim(),
  }
  const env = { VOUCH_DATA: place.data, VOUCH_LOG_LEVEL: 'warn', ...options.env }
  const server = await startServer(['--host', '127.0.0.1'], { cwd: place.dir, env })
  try {
    const bearer = { authorization: `Bearer ${tokens.admin}` }
    await server.post('/v1/events', [published(), ...advocates], bearer)
    return await run(place, server, tokens, options)
  } finally {
    await server.stop()
    rmSync(place.dir, { recursive: true, force: true })
  }
}

async function run(
  place: Place,
  server: Server,
  tokens: { readonly large: string; readonly small: string },
  { seconds, tryOutSeconds, quietSeconds, times, onPhase, onSecond }: OverloadOptions,
): Promise<Outcome> {
  const { url } = server
  const fates = new Fates()
  const perSecond = async (shape: typeof large) => {
    let accepted = 0
    const onAnswer = ({ status, events }: Answer) => {
      if (status === 200) accepted += events
    }
    const sender = new Sender({ url, token: tokens.large, fates, ...shape, onAnswer })
    await sender.sendAll(AbortSignal.timeout(tryOutSeconds * 1000))
    sender.close()
    return accepted / tryOutSeconds
  }
  onPhase?.('what it can take')
  const singles = await perSecond({ batch: 1, connections: 96 })
  const batches = await perSecond(large)
  await caughtUp(url)

  onPhase?.('before')
  const sections = { before: new Seconds(), during: new Seconds(), after: new Seconds() }
  let section = sections.before
  const watching = new AbortController()
  const watched = watch(url, () => section, watching.signal, onSecond)
  const smallSender = new Sender({
    url,
    token: tokens.small,
    fates,
    ...small,
    onOffer: (events) => section.offer('small', events),
    onAnswer: (answer) => section.note('small', answer),
  })
  const smallOver = new AbortController()
  const smallDone = smallSender.sendAt(smallPerSecond, smallOver.signal)
  await pause(quietSeconds * 1000)

  section = sections.during = new Seconds()
  onPhase?.(`${times} times as much`)
  const largeSender = new Sender({
    url,
    token: tokens.large,
    fates,
    batch: large.batch,
    connections: 400,
    onOffer: (events) => section.offer('large', events),
    onAnswer: (answer) => section.note('large', answer),
  })
  const offeredPerSecond = times * batches
  await largeSender.sendAt(offeredPerSecond / large.batch, AbortSignal.timeout(seconds * 1000))
  largeSender.close()

  section = sections.after = new Seconds()
  onPhase?.('after')
  const over = performance.now()
  await pause(quietSeconds * 1000)
  smallOver.abort()
  await smallDone
  smallSender.close()
  await caughtUp(url)
  const caughtUpAfterSeconds = (performance.now() - over) / 1000
  section.now().server = await sample(url)
  watching.abort()
  await watched

  onPhase?.('what the log holds')
  const { code, err } = await server.stop()
  if (code !== 0) throw new Error(`The server ended with ${code}: ${err}`)
  const problems = fates.problems(join(place.data, 'log.db'), source)
  const verified = (await place.ok('verify')).trim()
  return {
    capacity: { batches, singles },
    offeredPerSecond,
    before: sections.before.all,
    during: sections.during.all,
    after: sections.after.all,
    caughtUpAfterSeconds,
    counts: fates.counts(),
    problems,
    verified,
  }
}

/** Samples the server once a second. */
async function watch(
  url: string,
  section: () => Seconds,
  signal: AbortSignal,
  onSecond: ((second: Second) => void) | undefined,
): Promise<void> {
  while (!signal.aborted) {
    const second = section().now()
    second.server = await sample(url).catch(() => undefined)
    await pause(1_000, undefined, { signal }).catch(() => undefined)
    onSecond?.(second)
  }
}

const longestCatchUpMs = 30 * 60_000

const caughtUp = (url: string): Promise<true> =>
  eventually(
    'the tables are complete',
    async () => {
      const { lagSeconds, expectedWaitMs } = await sample(url)
      await pause(200)
      return lagSeconds === 0 && expectedWaitMs === 0 ? true : undefined
    },
    longestCatchUpMs,
  )
