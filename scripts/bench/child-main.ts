// What `inChild` starts: runs the phase that it names, and answers.
import { boundHeap } from '../../packages/observability/src/heap.ts'
import type { Message, Phase } from './child.ts'

// As the process that it stands for does.
boundHeap()

const [file = '', name = ''] = process.argv.slice(2)
const leastPauseMs = 200

const answer = (message: Message): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()))

process.once('message', async ({ params }: { params: unknown }) => {
  let toldAt = 0
  const onProgress = (done: number, total: number) => {
    if (performance.now() - toldAt < leastPauseMs) return
    toldAt = performance.now()
    process.send?.({ tag: 'progress', done, total } satisfies Message)
  }
  try {
    const module: Readonly<Record<string, Phase<unknown, unknown>>> = await import(file)
    const phase = module[name]
    if (phase === undefined) throw new Error(`${file} exports no ${name}`)
    const result = await phase.run(params, onProgress)
    const peakMiB = process.resourceUsage().maxRSS / 1024
    await answer({ tag: 'done', result, peakMiB })
  } catch (error) {
    process.exitCode = 1
    await answer({ tag: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
  process.disconnect?.()
})
