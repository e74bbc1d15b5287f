export type { Admit, Admitted } from './inbound/batch.ts'
export { createInbound, type Inbound, type InboundOptions, inboundTopic, rejectedTopic } from './inbound/inbound.ts'
export type { InboundStanding } from './inbound/standing.ts'
export type { Log } from './log.ts'
