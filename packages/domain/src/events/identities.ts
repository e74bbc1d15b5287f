import { customerId, programId, visitorId } from '../ids.ts'
import { open } from './fields.ts'

export const identitiesLinked = open({ programId, visitorId, customerId }).describe(
  'Visitor and customer are the same person. Of several statements about a pair, the one with the latest event time decides.',
)

export const identitiesUnlinked = open({ programId, visitorId, customerId }).describe(
  'Visitor and customer are not the same person. Of several statements about a pair, the one with the latest event time decides.',
)
