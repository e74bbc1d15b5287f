import { z } from 'zod'

/** A command line, and what it needs to know of where it was typed. */
export const runRequestSchema = z.object({
  argv: z.array(z.string()),
  cwd: z.string(),
  /** Width of the terminal that standard output and standard error are on; null where they are not on one. */
  outColumns: z.number().int().positive().nullable(),
  errColumns: z.number().int().positive().nullable(),
})

export type RunRequest = z.infer<typeof runRequestSchema>

/** What comes back, one JSON object a line: pieces of output, base64, and the exit code last. */
export interface Frame {
  readonly out?: string
  readonly err?: string
  readonly exit?: number
}
