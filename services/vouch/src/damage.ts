/**
 * ClickHouse's codes for data that cannot be read: CANNOT_READ_ALL_DATA, CHECKSUM_DOESNT_MATCH, CANNOT_OPEN_FILE,
 * FILE_DOESNT_EXIST, CORRUPTED_DATA.
 */
const damageCodes: ReadonlySet<number | undefined> = new Set([33, 40, 76, 107, 246])

/** What ClickHouse said, and what to do about it where its data is damaged. */
export function withRemedy({
  code,
  message,
}: {
  readonly code?: number | undefined
  readonly message: string
}): string {
  if (!damageCodes.has(code)) return message
  const said = message.replace(/\.?$/, '.')
  return `${said} The tables are damaged: vouch rebuild makes them anew from the log.`
}
