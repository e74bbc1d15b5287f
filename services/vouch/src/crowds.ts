import type { Engine } from './engine.ts'

/** More links than any person has devices, or any device people. */
const tooManyLinks = 1000

const query = `WITH standing AS (
  SELECT program_id, visitor_id, customer_id FROM vouch.links
  GROUP BY program_id, visitor_id, customer_id
  HAVING argMax(entry, (occurred_at, source, event_id)) = 'linked'
)
SELECT program_id, kind, id, toUInt32(count()) AS links
FROM (
  SELECT program_id, 'customer' AS kind, customer_id AS id FROM standing
  UNION ALL SELECT program_id, 'visitor', visitor_id FROM standing
)
GROUP BY program_id, kind, id
HAVING links > {most:UInt32}
ORDER BY links DESC, program_id, kind, id
LIMIT 3`

interface Crowd {
  readonly program_id: string
  readonly kind: 'customer' | 'visitor'
  readonly id: string
  readonly links: number
}

/**
 * Looks for ids under which an app reports many people, such as "guest": each of them gets the touches of all.
 * @throws Error that names the largest
 */
export async function examineCrowds({ warehouse }: Engine): Promise<string> {
  const crowds = await warehouse.rows<Crowd>(query, { most: tooManyLinks })
  if (crowds.length === 0) return `nobody is linked to more than ${tooManyLinks} others`
  const named = crowds.map(({ program_id, kind, id, links }) => {
    const others = kind === 'customer' ? 'visitors' : 'customers'
    return `${kind} ${JSON.stringify(id)} of ${program_id} is linked to ${links} ${others}`
  })
  throw new Error(
    `${named.join(', ')}; an app reports many people as one, and each gets the touches of all: leave the id out where nobody is known`,
  )
}
