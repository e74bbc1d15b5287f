/** An error on its way to another thread. What is copied by itself loses its class, and what it knows beside its message. */
export interface PackedError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** What it knows, as far as that can be copied. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause: PackedError | undefined
}

/** Classes of errors by the name that they have. */
export type ErrorClasses = Readonly<Record<string, { readonly prototype: Error }>>

export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return packError(new Error(String(error)))
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(error)) {
    if (!ownToErrors.has(name) && isPlain(value)) fields[name] = value
  }
  const { name, message, stack, cause } = error
  return { name, message, stack, fields, cause: cause === undefined ? undefined : packError(cause) }
}

/** The error as it was; of a class that is not among these, an Error of that name. */
export function unpackError({ name, message, stack, fields, cause }: PackedError, classes: ErrorClasses): Error {
  const error = new Error(message, cause && { cause: unpackError(cause, classes) })
  const known = Object.hasOwn(classes, name) ? classes[name] : undefined
  if (known) Object.setPrototypeOf(error, known.prototype)
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true })
  return Object.assign(error, { name, ...fields })
}

const ownToErrors: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause'])

function isPlain(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
