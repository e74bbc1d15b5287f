type Json = Readonly<Record<string, unknown>>

/** An event as an app sends it. */
export const sent = (type: string, id: string, data: Json, programId = 'summer'): Json => ({
  specversion: '1.0',
  id,
  source: 'shop.example',
  type: `vouch.${type}.v1`,
  time: '2026-03-01T11:00:00Z',
  data: { programId, ...data },
})

export const click = (id: string, programId?: string): Json =>
  sent('click', id, { code: 'ANNA10', visitorId: 'v-1' }, programId)

/** A message in structured mode, keyed by its program. */
export const structured = (event: Json) => ({
  key: String((event.data as Json).programId),
  value: JSON.stringify(event),
  headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
})
