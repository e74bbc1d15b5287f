import { Presets, SingleBar } from 'cli-progress'
import type { Output } from './context.ts'

/** A progress bar on a terminal; elsewhere nothing. */
export interface Progress {
  update(label: string, done: number, total: number, detail?: string): void
  stop(): void
}

export function startProgress(output: Output): Progress {
  if (!output.isTTY) return { update: () => undefined, stop: () => undefined }
  const format = '{label} {bar} {percentage}% {detail}'
  const bar = new SingleBar(
    {
      format,
      stream: output as NodeJS.WriteStream,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 30,
      fps: 10,
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  let started = false
  return {
    update(label, done, total, detail = '') {
      if (!started) bar.start(total, done, { label, detail })
      else {
        bar.setTotal(total)
        bar.update(done, { label, detail })
      }
      started = true
    },
    stop() {
      if (started) bar.stop()
    },
  }
}

/** For folding a log: positions done and to do. */
export const foldProgress =
  (progress: Progress, label: string) =>
  (done: bigint, head: bigint): void =>
    progress.update(label, Number(done), Number(head), `${done} of ${head} events`)
