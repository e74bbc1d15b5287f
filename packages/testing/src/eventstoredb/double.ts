import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js'
import { Server, ServerCredentials, status, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { batchAppend } from './batch-append.ts'
import { type CallFault, errorOf, type Faults, noFaults } from './faults.ts'
import { DoubleLog } from './log.ts'
import { read } from './read.ts'

/**
 * A double of an EventStoreDB server: it speaks the client's own protocol, over streams in memory. What it does is what the
 * server's sources say of 24.10; nothing that it passes is proof of a real server.
 */
export interface EventStoreDbDouble {
  readonly connectionString: string
  readonly port: number
  readonly log: DoubleLog
  readonly faults: Faults
  /** Breaks all subscriptions that are open. */
  breakSubscriptions(fault: CallFault): void
  openSubscriptions(): number
  /** Sends the answers that were held back. */
  answerLate(): void
  stop(): Promise<void>
}

export interface StartOptions {
  /** Another node of the same cluster: it has the same log. */
  readonly log?: DoubleLog
  readonly port?: number
}

const host = '127.0.0.1'

export const startEventStoreDbDouble = async (options: StartOptions = {}): Promise<EventStoreDbDouble> => {
  const { log = new DoubleLog() } = options
  const faults = noFaults()
  const late: Array<() => void> = []
  const open = new Set<(fault: CallFault) => void>()
  let port = options.port ?? 0
  const self = () => ({ host, port })
  const parts = { log, faults, self, late, open }

  const server = new Server()
  const streams: UntypedServiceImplementation = {
    read: (call: Parameters<typeof read>[0]) => read(call, parts),
    batchAppend: (call: Parameters<typeof batchAppend>[0]) => batchAppend(call, parts),
    append: notHere,
    delete: notHere,
    tombstone: notHere,
  }
  server.addService(StreamsService, streams)
  server.addService(ServerFeaturesService, {
    getSupportedMethods: (_call: unknown, answer: Answer) =>
      answer(
        null,
        new features.SupportedMethods()
          .setEventStoreServerVersion('24.10.0-double')
          .setMethodsList(
            ['read', 'append', 'batchappend'].map((name) =>
              new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name),
            ),
          ),
      ),
  })
  server.addService(GossipService, {
    read: (_call: unknown, answer: Answer) => {
      if (faults.isDown) return answer(errorOf('unavailable', self()))
      const leader = faults.leader ?? self()
      const member = new gossip.MemberInfo()
        .setInstanceId(new shared.UUID().setString('00000000-0000-4000-8000-000000000001'))
        .setState(gossip.MemberInfo.VNodeState.LEADER)
        .setIsAlive(true)
        .setHttpEndPoint(new gossip.EndPoint().setAddress(leader.host).setPort(leader.port))
      return answer(null, new gossip.ClusterInfo().setMembersList([member]))
    },
  })

  port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  return {
    connectionString: `esdb://${host}:${port}?tls=false`,
    port,
    log,
    faults,
    breakSubscriptions: (fault) => {
      for (const breakOff of [...open]) breakOff(fault)
    },
    openSubscriptions: () => open.size,
    answerLate: () => {
      for (const answer of late.splice(0)) answer()
    },
    stop: async () => server.forceShutdown(),
  }
}

type Answer = (error: object | null, response?: unknown) => void

/** The adapter has no business with these. */
const notHere = (_call: unknown, answer: Answer) =>
  answer({ code: status.UNIMPLEMENTED, details: 'not in this double' })
