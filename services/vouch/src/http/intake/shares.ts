/** An amount of something that senders may hold at once, and of which no single one may take more than its share. */
export interface Shares {
  /** Whether there was enough left; if not, nothing is taken. */
  take(sender: string, amount: number): boolean
  give(sender: string, amount: number): void
  held(): number
  /** What one sender holds. */
  heldBy(sender: string): number
  /** Those who hold anything. */
  senders(): number
}

export interface ShareLimits {
  readonly all: number
  readonly each: number
}

export function createShares({ all, each }: ShareLimits): Shares {
  const bySender = new Map<string, number>()
  let held = 0
  const heldBy = (sender: string) => bySender.get(sender) ?? 0
  return {
    take(sender, amount) {
      const own = heldBy(sender) + amount
      if (held + amount > all || own > each) return false
      held += amount
      bySender.set(sender, own)
      return true
    },
    give(sender, amount) {
      held -= amount
      const own = heldBy(sender) - amount
      if (own > 0) bySender.set(sender, own)
      else bySender.delete(sender)
    },
    held: () => held,
    heldBy,
    senders: () => bySender.size,
  }
}
