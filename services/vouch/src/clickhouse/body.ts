import type { FastifyRequest } from 'fastify'
import { decoded } from './encodings.ts'
import { codes, type Fault, fault } from './fault.ts'

/** What a request says: its address's parameters with those of a form, and a body that is no form. */
export interface Said {
  readonly tag: 'said'
  readonly params: URLSearchParams
  readonly body: string
}

/**
 * As ClickHouse reads a body: a multipart form gives parameters, anything else is text of the query, whatever its type says.
 * @param most bytes of it, unpacked
 */
export async function readSaid(request: FastifyRequest, params: URLSearchParams, most: number): Promise<Said | Fault> {
  const sent = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const bytes = await decoded(sent, request.headers['content-encoding'], most)
  if (!Buffer.isBuffer(bytes)) return bytes
  const type = request.headers['content-type'] ?? ''
  if (/^multipart\/form-data\b/i.test(type)) return readForm(bytes, type, params)
  try {
    return { tag: 'said', params, body: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    // Rows that somebody wants to insert are no text, and that is not what is wrong with them.
    if (/^\s*insert\s/i.test(params.get('query') ?? bytes.toString('latin1'))) {
      return fault(codes.READONLY, 'Only reading is allowed; events are sent to POST /v1/events.')
    }
    return fault(codes.BAD_ARGUMENTS, 'The body is no text in UTF-8.')
  }
}

async function readForm(bytes: Buffer, type: string, params: URLSearchParams): Promise<Said | Fault> {
  const all = new URLSearchParams(params)
  try {
    for (const [name, value] of await new Response(new Uint8Array(bytes), {
      headers: { 'content-type': type },
    }).formData()) {
      if (typeof value !== 'string') {
        return fault(
          codes.NOT_IMPLEMENTED,
          'Tables that come with a query are not taken; ask from what is there, or from values(…).',
        )
      }
      all.append(name, value)
    }
  } catch {
    return fault(codes.BAD_ARGUMENTS, 'The body is no multipart form that can be read.')
  }
  return { tag: 'said', params: all, body: '' }
}
