import type { Projector } from '@vouch/projector'
import type { Surroundings } from './surroundings.ts'

export interface TaskTools {
  readonly around: Surroundings
  /** Told of what should not have happened. */
  readonly wrong: (why: string) => void
  /** What to interrupt a task with. */
  readonly interruption: () => AbortController
  /** Told of a failure, which is as it should be if anything has failed before. */
  readonly mayFail: (what: string, error: unknown) => void
}

/** What operators and other parts of a server ask of a projector while it runs. */
const tasks: Readonly<
  Record<string, (projector: Projector, tools: TaskTools, signal?: AbortSignal) => Promise<unknown>>
> = {
  rebuild: (projector, _tools, signal) => projector.rebuild(undefined, signal),

  async rebuildTo(projector, { around: { log, random }, wrong }, signal) {
    const position = BigInt(random.between(0, Number(log.head) + 2))
    const wanted = position < log.head ? position : log.head
    const reached = await projector.rebuildTo(position, undefined, signal)
    if (reached < wanted || reached > position) wrong(`a rebuild to ${position} came to ${reached}`)
  },

  async verify(projector, { wrong }, signal) {
    const { differences } = await projector.verify(undefined, signal)
    for (const { table, firstPosition } of differences) wrong(`verify finds that ${table} differs at ${firstPosition}`)
  },

  async catchUp(projector, { around: { log, warehouse }, wrong }, signal) {
    const { head } = log
    await projector.catchUp(undefined, signal)
    const shown = warehouse.shownIn('live')?.position ?? 0n
    if (shown < head) wrong(`catching up to ${head} ended at ${shown}`)
  },

  async reached(projector, { around: { log, warehouse }, wrong }) {
    const { head } = log
    await projector.reached(head)
    const shown = warehouse.shownIn('live')?.position ?? 0n
    if (shown < head) wrong(`${head} was said to be reached at ${shown}`)
  },

  async progress(projector, { around: { log }, wrong }) {
    const { position, head, lagMs } = await projector.progress()
    if (position > head || head > log.head || lagMs < 0) wrong(`progress is ${position} of ${head}, ${lagMs} ms behind`)
  },
}

/** Asks something, and now and then interrupts it. */
export async function doTask(projector: Projector, tools: TaskTools): Promise<void> {
  const { around, mayFail } = tools
  const { random } = around
  const [name, task] = random.any(Object.entries(tasks)) ?? []
  if (name === undefined || task === undefined) return
  await around.turn(`is asked for ${name}`)
  const interruption = tools.interruption()
  const interrupted = random.chance(0.2)
  const signal = interrupted ? interruption.signal : undefined
  if (interrupted) void around.sleep(random.between(1, 60)).then(() => interruption.abort())
  try {
    await task(projector, tools, signal)
  } catch (error) {
    if (!interruption.signal.aborted) mayFail(name, error)
  }
}
