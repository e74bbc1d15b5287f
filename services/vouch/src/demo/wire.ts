import type { DataOf, EventType } from '@vouch/domain'
import type { TermsInput } from './terms.ts'

/** One line that an app sends, as NDJSON, and when it arrives, ms UTC. */
export interface Report {
  readonly arrivesAt: number
  readonly line: string
  /** Apps repeat themselves; people at a desk do not. */
  readonly repeatable: boolean
  readonly isPublication: boolean
}

/** The apps that report to the program. */
export type App = 'shop.example' | 'app.example' | 'billing.example' | 'desk.example'

/** Takes down what apps send, in the order in which they are told to. */
export interface Wire {
  /**
   * @param time when it happens, ms UTC
   * @param delayMs how long after that it arrives
   */
  send<T extends EventType>(app: App, id: string, type: T, time: number, data: DataOf<T>, delayMs?: number): void
  /** Terms as somebody writes them, without what the schema fills in. */
  publish(id: string, time: number, terms: TermsInput): void
  /** A line as it stands, whatever it is. */
  raw(line: string, arrivesAt: number): void
}

export function openWire(): Wire & { readonly reports: readonly Report[] } {
  const reports: Report[] = []
  const put = (app: App, id: string, type: EventType, time: number, data: unknown, delayMs: number) => {
    const event = { specversion: '1.0', id, source: app, type, time: new Date(time).toISOString(), data }
    reports.push({
      arrivesAt: time + delayMs,
      line: JSON.stringify(event),
      repeatable: app !== 'desk.example',
      isPublication: type === 'vouch.program.published.v1',
    })
  }
  return {
    reports,
    send: (app, id, type, time, data, delayMs = 0) => put(app, id, type, time, data, delayMs),
    publish: (id, time, terms) => put('desk.example', id, 'vouch.program.published.v1', time, terms, 0),
    raw: (line, arrivesAt) => reports.push({ arrivesAt, line, repeatable: false, isPublication: false }),
  }
}
