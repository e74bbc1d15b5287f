/** The module of clickhouse-go that its suite is built with. */
export const goDriver = { module: 'github.com/ClickHouse/clickhouse-go/v2', version: 'v2.44.0' } as const
