import { eventTypes } from '../src/events/catalog.ts'
import { anyEventJsonSchema, eventJsonSchema, type JsonSchema } from '../src/events/json-schema.ts'
import { currencyModule } from './currency.ts'

/** What is generated for this package: file names relative to its folder, and their text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map([['src/currency.generated.ts', currencyModule()]])
  for (const type of eventTypes) files.set(`schemas/${type}.json`, json(eventJsonSchema(type)))
  files.set('schemas/event.json', json(anyEventJsonSchema()))
  return files
}

const json = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`
