import { caps } from './caps.ts'
import { credits } from './credits.ts'
import { effects } from './effects.ts'
import { events } from './events.ts'
import { exclusions } from './exclusions.ts'
import type { Law } from './law.ts'
import { lines } from './lines.ts'
import { lookBack } from './look-back.ts'
import { refunds } from './refunds.ts'
import { terms } from './terms.ts'

/** What must hold of the tables, each law checked by itself; that every row is right, column by column, comes on top. */
export const laws: readonly Law[] = [lines, events, credits, lookBack, caps, terms, refunds, exclusions, effects]
