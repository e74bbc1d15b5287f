/**
 * The candidate that a misspelt text most likely stands for: the one with the fewest single-character edits, if these are
 * at most a third of the text. Case does not count.
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  // Longer than any candidate can be resembled; keeps the work small for text that comes from outside.
  if (text.length > 100) return undefined
  const wanted = text.trim().toLowerCase()
  let best: string | undefined
  let fewest = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= fewest) continue
    const edits = editDistance(wanted, candidate.toLowerCase())
    if (edits < fewest) [best, fewest] = [candidate, edits]
  }
  return best
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours, in UTF-16 code units. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const fewest = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next.push(swapped ? Math.min(fewest, (before[j - 2] as number) + 1) : fewest)
    }
    before = row
    row = next
  }
  return row[b.length] as number
}
