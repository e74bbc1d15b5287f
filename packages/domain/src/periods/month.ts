/** A calendar month of UTC days. */
export interface Month {
  /** 'YYYY-MM' */
  readonly name: string
  /** Its first and its last day, 'YYYY-MM-DD'. */
  readonly from: string
  readonly until: string
}

/** Reads 'YYYY-MM'; undefined for what is no month that a ledger's day can lie in (1970-01 to 2149-05). */
export function readMonth(name: string): Month | undefined {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(name) ?? []
  if (year === undefined || month === undefined || name < '1970-01' || name > '2149-05') return undefined
  const until = new Date(Date.UTC(Number(year), Number(month), 0)).toISOString().slice(0, 10)
  return { name, from: `${name}-01`, until }
}
