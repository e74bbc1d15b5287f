import { z } from 'zod'
import { dataSchemas, sentTypes } from './catalog.ts'
import { attributes } from './envelope.ts'
import type { EventType } from './types.ts'

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The JSON Schema of one type of event as an app sends it: the CloudEvents attributes and `data`. */
export function eventJsonSchema(type: EventType): JsonSchema {
  const data = dataSchemas[type]
  const { specversion, id, source, time, datacontenttype } = attributes
  const schema = z.looseObject({ specversion, id, source, type: z.literal(type), time, datacontenttype, data })
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' })
  return {
    $schema,
    $id: `${type}.json`,
    title: type,
    ...(data.description && { description: data.description }),
    ...rest,
  }
}

/** The JSON Schema of any event: one of the types, which are referred to by file name. */
export function anyEventJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'event.json',
    title: 'A vouch event',
    description: 'One CloudEvents 1.0 JSON object; `type` says which schema it follows.',
    oneOf: sentTypes.map((type) => ({ $ref: `${type}.json` })),
  }
}
