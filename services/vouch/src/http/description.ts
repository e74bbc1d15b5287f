import { eventJsonSchema, sentTypes } from '@vouch/domain'

interface Operation {
  requestBody?: unknown
  responses?: Record<string, { description?: string; headers?: unknown; content?: Record<string, unknown> }>
}

/** An OpenAPI document, as far as it is completed here. */
interface Document {
  readonly paths?: Record<string, Record<string, Operation>>
  readonly components?: { schemas?: Record<string, unknown> }
}

/** What each status stands for, on any route. */
const meanings: Readonly<Record<string, string>> = {
  200: 'Done',
  201: 'Made',
  207: 'Some events were rejected or are in conflict; each result says so',
  400: 'The request cannot be read or answered',
  401: 'No key, or one that does not work',
  403: 'The key lacks the scope, or the query does more than read',
  404: 'Nothing of this name is known',
  409: 'Understood, and not done as things stand; the tag says why',
  413: 'The body is too large',
  415: 'A content type or encoding that is not known',
  429: 'Too much at once; send it again after the pause',
  503: 'Not possible at the moment; send it again after the pause',
}

const retryAfter = { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } } }

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** Completes the API's description with what the routes' schemas cannot say. */
export function completeDescription<T extends object>(document: T): T {
  const { paths = {}, components = {} } = document as Document
  components.schemas = { ...components.schemas, ...eventSchemas() }
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) describeResponses(operation)
  }
  const events = paths['/v1/events']?.post
  if (events) events.requestBody = eventBody()
  const statements = paths['/v1/statements']?.post
  if (statements) statements.requestBody = statementBody()
  const reconciliation = paths['/v1/reconciliation']?.post
  if (reconciliation) reconciliation.requestBody = { ...(reconciliation.requestBody as object), required: false }
  setContent(paths['/v1/payouts/{batchId}/export']?.post, text, 'text/csv', 'application/xml')
  setContent(paths['/v1/ledger']?.get, text, 'text/plain', 'text/csv')
  setContent(paths['/v1/sql']?.post, {}, '*/*')
  setContent(paths['/metrics']?.get, text, 'text/plain')
  return document
}

function describeResponses({ responses = {} }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    if (response.description === 'Default Response') response.description = meanings[status] ?? status
    if (status === '429' || status === '503') response.headers = retryAfter
  }
}

const text = { type: 'string' }

function setContent(operation: Operation | undefined, schema: object, ...types: readonly string[]): void {
  const response = operation?.responses?.['200']
  if (response) response.content = Object.fromEntries(types.map((type) => [type, { schema }]))
}

/** One schema for each type of event, and one for any of them. */
function eventSchemas(): Record<string, unknown> {
  const each = sentTypes.map((type) => {
    const { $schema: _schema, $id: _id, ...schema } = eventJsonSchema(type)
    return [type, schema] as const
  })
  const mapping = Object.fromEntries(sentTypes.map((type) => [type, reference(type).$ref]))
  const any = { oneOf: sentTypes.map(reference), discriminator: { propertyName: 'type', mapping } }
  return { ...Object.fromEntries(each), event: any }
}

const statementBody = (): unknown => ({
  required: true,
  content: {
    'text/csv': { schema: text },
    'application/xml': { schema: text },
    'text/xml': { schema: text },
    'application/octet-stream': { schema: {} },
  },
})

function eventBody(): unknown {
  const events = { type: 'array', items: reference('event') }
  const oneOrMore = { schema: { oneOf: [reference('event'), events] } }
  return {
    required: true,
    content: {
      'application/json': oneOrMore,
      'application/cloudevents+json': { schema: reference('event') },
      'application/cloudevents-batch+json': { schema: events },
      'application/x-ndjson': { schema: { type: 'string', description: 'One event a line' } },
    },
  }
}
