import { Partitioners } from 'kafkajs'

const byKey = Partitioners.DefaultPartitioner()

/** The partition of a key, as Kafka's own clients choose it (murmur2), so that others who write by key agree. */
export function partitionOfKey(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, () => ({}) as never)
  return byKey({ topic: '', partitionMetadata, message: { key, value: null } })
}

/** As `partitionOfKey`, remembering what it found: a log has few programs and many events. */
export function partitionsByKey(partitions: number): (key: string) => number {
  const known = new Map<string, number>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const partition = partitionOfKey(key, partitions)
    if (known.size > 100_000) known.clear()
    known.set(key, partition)
    return partition
  }
}
