import { queriesPhase } from '../measurements/queries.ts'
import { measureQuestions } from '../queries.ts'

export const askQueries = queriesPhase(import.meta.url, 'askQueries', measureQuestions)
