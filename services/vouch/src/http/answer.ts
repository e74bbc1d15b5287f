import { type Outcome, type OutcomeJson, outcomeJson } from '@vouch/ingestion'

/** The answer to one request, made while its events are worked off. */
export interface AnswerWriter {
  add(outcomes: readonly Outcome[]): void
  /** Whether each event is in the log. */
  isComplete(): boolean
  /** As JSON. */
  text(): string
}

/**
 * Characters of what is wrong that one answer shows in full. A conflict shows two events, which may be a thousand times
 * longer than what was sent to provoke it.
 */
const fullyShown = 8 * 2 ** 20

/** How much of a reason is shown beyond that, in characters. */
const partlyShown = 300

export function answerWriter(): AnswerWriter {
  const texts: string[] = []
  let shown = 0
  let isComplete = true
  return {
    add(outcomes) {
      for (const one of outcomes) {
        if (one.outcome === 'appended' || one.outcome === 'duplicate') {
          // As `outcomeJson` has it, without the way round by an object.
          texts.push(`{"id":${JSON.stringify(one.id)},"outcome":"${one.outcome}","position":${one.position}}`)
          continue
        }
        isComplete = false
        const json = outcomeJson(one)
        const text = JSON.stringify(shown < fullyShown ? json : shortened(json))
        shown += text.length
        texts.push(text)
      }
    },
    isComplete: () => isComplete,
    text: () => `{"results":[${texts.join(',')}]}`,
  }
}

function shortened({ error, ...outcome }: OutcomeJson): OutcomeJson {
  if (error === undefined) return outcome
  const { message, field, reason } = error
  return { ...outcome, error: { message: cut(message), field: cut(field), reason: cut(reason) } }
}

const cut = (text: string): string => (text.length > partlyShown ? `${text.slice(0, partlyShown)}…` : text)
