import type { Packing } from '@vouch/projector'
import type { Click, ConversionRef, LinkStatement, OlderClicks, VisitorState } from './state.ts'

/** What few clicks have; most have been listed and that is all there is to say. */
type Rest = Pick<Click, 'lateMs' | 'shareId' | 'listed' | 'excluded'>

/** Source, id, time, key of the code, channel and the rest, for one click after the other. */
type PackedClicks = (string | number | null | Rest)[]

/** Clicks, links, signups, conversions, pages; those at the end are left out if there are none. */
type PackedVisitor = [PackedClicks?, LinkStatement[]?, string[]?, ConversionRef[]?, OlderClicks[]?]

/** In place of a source that is the one of the click before. */
const sameSource = 0

/** In place of the rest of a click that was listed, and of one that was not. */
const listed = 1
const plain = 0

const width = 6

/**
 * Nearly all of a fold's state is visitors who clicked once or twice. Kept without the names of their fields they take a
 * third: more of them stay in memory, and less is written and parsed.
 */
export const packedVisitor: Packing<VisitorState> = {
  pack({ clicks, links, signups, conversions, older = [] }) {
    const packed: PackedVisitor = [packClicks(clicks), links, signups, conversions, older]
    while (packed.length > 0 && packed.at(-1)?.length === 0) packed.pop()
    return packed
  },
  unpack(value) {
    const [clicks = [], links = [], signups = [], conversions = [], older] = value as PackedVisitor
    return { clicks: unpackClicks(clicks), links, signups, conversions, older }
  },
}

/** A page of the clicks of a visitor who has very many. */
export const packedClicks: Packing<Click[]> = {
  pack: packClicks,
  unpack: (value) => unpackClicks(value as PackedClicks),
}

function packClicks(clicks: readonly Click[]): PackedClicks {
  const packed: PackedClicks = []
  let before: string | undefined
  for (const { source, id, time, codeKey, channel, lateMs, shareId, listed: isListed, excluded } of clicks) {
    const more = lateMs !== undefined || shareId !== undefined || excluded !== undefined
    const rest = more ? { lateMs, shareId, listed: isListed, excluded } : isListed ? listed : plain
    packed.push(source === before ? sameSource : source, id, time, codeKey, channel ?? null, rest)
    before = source
  }
  return packed
}

function unpackClicks(packed: PackedClicks): Click[] {
  const clicks: Click[] = []
  let source = ''
  for (let at = 0; at < packed.length; at += width) {
    const [given, id, time, codeKey, channel, rest] = packed.slice(at, at + width) as [
      string | typeof sameSource,
      string,
      number,
      string,
      string | null,
      typeof listed | typeof plain | Rest,
    ]
    if (given !== sameSource) source = given
    const more: Rest = typeof rest === 'object' ? rest : {}
    const click: Click = {
      source,
      id,
      time,
      lateMs: more.lateMs,
      codeKey,
      channel: channel ?? undefined,
      shareId: more.shareId,
    }
    if (rest === listed || more.listed) click.listed = true
    if (more.excluded !== undefined) click.excluded = more.excluded
    clicks.push(click)
  }
  return clicks
}
