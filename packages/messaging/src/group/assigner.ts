import kafkajs, { type PartitionAssigner } from 'kafkajs'
import { logTopic, relayedTopic } from '../relay/topics.ts'
import { deal } from './deal.ts'

// kafkajs is CommonJS, and this name is not found in it from outside.
const { AssignerProtocol } = kafkajs

interface Said {
  readonly owned?: readonly number[]
  readonly held?: readonly number[]
}

const version = 1

/**
 * How the group deals out the log: see `deal`. What the relay states is read by every member.
 * @param said what this member says of itself when it joins
 */
export const createAssigner =
  (said: () => Said): PartitionAssigner =>
  ({ cluster }) => ({
    name: 'VouchAssigner',
    version,
    async assign({ members }) {
      const candidates = members.map(({ memberId, memberMetadata }) => {
        const { owned = [], held = [] } = read(AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData)
        return { id: memberId, owned, held }
      })
      const dealt = deal(cluster.findTopicPartitionMetadata(logTopic).length, candidates)
      return [...dealt].map(([memberId, partitions]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [logTopic]: [...partitions], [relayedTopic]: [0] },
          userData: Buffer.alloc(0),
        }),
      }))
    },
    protocol: ({ topics }) => ({
      name: 'VouchAssigner',
      metadata: AssignerProtocol.MemberMetadata.encode({
        version,
        topics,
        userData: Buffer.from(JSON.stringify(said())),
      }),
    }),
  })

function read(userData: Buffer | undefined): Said {
  try {
    return JSON.parse(userData?.toString() || '{}') as Said
  } catch {
    return {}
  }
}
