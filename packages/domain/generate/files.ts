import { eventTypes } from '../src/events/catalog.ts'
import { anyEventJsonSchema, eventJsonSchema } from '../src/events/json-schema.ts'
import { currencyModule } from './currency.ts'
import { jsonText } from './json.ts'

/** What is generated for this package: file names relative to its folder, and their text. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map([['src/currency.generated.ts', currencyModule()]])
  for (const type of eventTypes) files.set(`schemas/${type}.json`, jsonText(eventJsonSchema(type)))
  files.set('schemas/event.json', jsonText(anyEventJsonSchema()))
  return files
}
