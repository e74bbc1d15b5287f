import { expect, it } from 'vitest'
import { eventTypes } from './catalog.ts'
import { eventJsonSchema } from './json-schema.ts'

/** Paths at which a schema offers a property of this name. */
function offered(name: string, schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties = {}, items } = schema as { properties?: Record<string, unknown>; items?: unknown }
  return [
    ...Object.entries(properties).flatMap(([key, inner]) => [
      ...(key === name ? [`${path}.${key}`] : []),
      ...offered(name, inner, `${path}.${key}`),
    ]),
    ...offered(name, items, `${path}[]`),
  ]
}

it.each(eventTypes)('%s offers a place for what is personal only where it is encrypted', (type) => {
  expect(offered('personal', eventJsonSchema(type)).filter((path) => path !== '.data.personal')).toEqual([])
})
