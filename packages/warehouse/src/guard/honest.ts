/** A query that must be answered, and with what, in TSV unless it has a FORMAT of its own. */
export interface Honest {
  readonly query: string
  readonly answer: string | RegExp
  readonly params?: Readonly<Record<string, unknown>>
}

/** The payments that they are asked of. */
export const honestPayments = [
  {
    position: '1',
    line: 0,
    payment_id: 'p-1',
    amount: '10.5000',
    currency: 'EUR',
    note: 'first',
    tags: ['a', 'b'],
    paid_at: '2026-03-01 12:00:00.500',
    data: { code: 'ANNA10', deep: { n: 7 } },
  },
  {
    position: '2',
    line: 0,
    payment_id: 'p-2',
    amount: '-0.5',
    currency: 'EUR',
    tags: [],
    paid_at: '2026-03-02 00:00:00.000',
    data: { code: 'BEN' },
  },
  {
    position: '2',
    line: 1,
    payment_id: 'p-3',
    amount: '7',
    currency: 'USD',
    tags: ['b'],
    paid_at: '2026-04-01 08:30:00.000',
  },
] as const

export const honestQueries: readonly Honest[] = [
  // Plain questions
  { query: 'SELECT count() FROM payments', answer: '3\n' },
  { query: 'select COUNT(*), Sum(amount) from vouch.payments;', answer: '3\t17\n' },
  {
    query:
      '-- by currency\nSELECT currency, sum(amount) AS total FROM vouch.payments GROUP BY currency ORDER BY total DESC;',
    answer: 'EUR\t10\nUSD\t7\n',
  },
  { query: "SELECT payment_id FROM payments WHERE amount > 0 AND currency IN ('EUR', 'GBP')", answer: 'p-1\n' },
  { query: 'SELECT `payment_id`, "amount" FROM `vouch`.`payments` WHERE position <= 1', answer: 'p-1\t10.5\n' },
  { query: 'FROM payments SELECT max(position)', answer: '2\n' },
  { query: 'SELECT currency, amount FROM payment_totals ORDER BY currency', answer: 'EUR\t10\nUSD\t7\n' },
  { query: 'SELECT slot FROM vouch_asof.payment_totals', answer: '' },
  { query: "SELECT 'a; b -- c', 'file(''/etc/hostname'')'", answer: "a; b -- c\tfile(\\'/etc/hostname\\')\n" },
  { query: 'SELECT 1 AS system, 2 AS vouch_store', answer: '1\t2\n' },
  // Joins, subqueries, common table expressions
  {
    query:
      'SELECT p.payment_id, t.amount FROM payments AS p JOIN payment_totals AS t USING (currency) ORDER BY p.payment_id',
    answer: 'p-1\t10\np-2\t10\np-3\t7\n',
  },
  {
    query:
      "SELECT a.payment_id FROM payments a LEFT ANY JOIN payments b ON a.position = b.position AND a.line != b.line WHERE b.payment_id = '' ORDER BY 1",
    answer: 'p-1\n',
  },
  {
    query:
      'SELECT a.payment_id, b.payment_id FROM payments a ASOF JOIN payments b ON a.currency = b.currency AND a.position > b.position',
    answer: 'p-2\tp-1\n',
  },
  { query: "WITH eur AS (SELECT * FROM payments WHERE currency = 'EUR') SELECT count() FROM eur", answer: '2\n' },
  {
    query: 'WITH (SELECT max(amount) FROM payments) AS most SELECT payment_id FROM payments WHERE amount = most',
    answer: 'p-1\n',
  },
  {
    query: 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT sum(i) FROM n',
    answer: '6\n',
  },
  {
    query: 'SELECT payment_id FROM payments WHERE position IN (SELECT max(position) FROM payments) ORDER BY line',
    answer: 'p-2\np-3\n',
  },
  { query: 'SELECT 0 IN system.one, 1 NOT IN system.one', answer: '1\t1\n' },
  { query: 'SELECT 1 UNION ALL SELECT 2 UNION DISTINCT SELECT 2 ORDER BY 1', answer: '1\n2\n' },
  { query: 'SELECT number FROM numbers(5) EXCEPT SELECT 3 INTERSECT SELECT 3', answer: '0\n1\n2\n4\n' },
  { query: "SELECT exists(SELECT 1 FROM payments WHERE currency = 'GBP')", answer: '0\n' },
  // Aggregates and windows
  {
    query:
      "SELECT sumIf(amount, currency = 'EUR'), countIf(amount < 0), uniqExact(currency), countDistinct(position) FROM payments",
    answer: '10\t1\t2\t2\n',
  },
  { query: 'SELECT sum(amount) FILTER (WHERE line = 0), count(DISTINCT currency) FROM payments', answer: '10\t2\n' },
  {
    query:
      'SELECT argMax(payment_id, amount), groupArray(payment_id), quantileExact(0.5)(amount) FROM (SELECT * FROM payments ORDER BY position, line)',
    answer: "p-1\t['p-1','p-2','p-3']\t7\n",
  },
  { query: 'SELECT sumMerge(s) FROM (SELECT sumState(amount) AS s FROM payments)', answer: '17\n' },
  {
    query: 'SELECT currency, grouping(currency), sum(amount) FROM payments GROUP BY ROLLUP(currency) ORDER BY 2, 1',
    answer: 'EUR\t0\t10\nUSD\t0\t7\n\t1\t17\n',
  },
  { query: 'SELECT currency, count() FROM payments GROUP BY ALL HAVING count() > 1 ORDER BY ALL', answer: 'EUR\t2\n' },
  {
    query:
      'SELECT payment_id, sum(amount) OVER (PARTITION BY currency ORDER BY position, line ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM payments ORDER BY payment_id',
    answer: 'p-1\t10.5\np-2\t10\np-3\t7\n',
  },
  {
    query:
      'SELECT row_number() OVER w AS n, lagInFrame(payment_id) OVER w FROM payments WINDOW w AS (ORDER BY position, line) ORDER BY n',
    answer: '1\t\n2\tp-1\n3\tp-2\n',
  },
  { query: 'SELECT payment_id FROM payments QUALIFY rank() OVER (ORDER BY amount DESC) = 1', answer: 'p-1\n' },
  {
    query: 'SELECT currency, payment_id FROM payments ORDER BY amount DESC LIMIT 1 BY currency',
    answer: 'EUR\tp-1\nUSD\tp-3\n',
  },
  { query: 'SELECT topK(1)(currency), any(amount), stddevPop(line) > 0 FROM payments', answer: /^\['EUR'\]\t/ },
  // Arrays, JSON, dates, money
  {
    query:
      "SELECT arrayMap(t -> upper(t), tags), has(tags, 'a'), tags[1], length(tags) FROM payments WHERE payment_id = 'p-1'",
    answer: "['A','B']\t1\ta\t2\n",
  },
  {
    query: 'SELECT tag, count() FROM payments ARRAY JOIN tags AS tag GROUP BY tag ORDER BY tag',
    answer: 'a\t1\nb\t2\n',
  },
  { query: 'SELECT arrayJoin(range(3)) AS n, n * 2', answer: '0\t0\n1\t2\n2\t4\n' },
  { query: "SELECT data.code, data.deep.n FROM payments WHERE data.code = 'ANNA10'", answer: 'ANNA10\t7\n' },
  {
    query: "SELECT data.deep.n.:Int64, JSONAllPaths(data) FROM payments WHERE payment_id = 'p-1'",
    answer: "7\t['code','deep.n']\n",
  },
  { query: "SELECT JSONExtractInt('{\"a\":{\"b\":5}}', 'a', 'b')", answer: '5\n' },
  {
    query: 'SELECT toStartOfMonth(paid_at) AS month, count() FROM payments GROUP BY month ORDER BY month',
    answer: '2026-03-01\t2\n2026-04-01\t1\n',
  },
  {
    query:
      "SELECT dateDiff('day', DATE '2026-03-01', toDate(max(paid_at))), date_trunc('week', min(paid_at)) FROM payments",
    answer: '31\t2026-02-23\n',
  },
  {
    query:
      "SELECT paid_at + INTERVAL 1 DAY, formatDateTime(paid_at, '%Y-%m'), EXTRACT(YEAR FROM paid_at) FROM payments WHERE line = 1",
    answer: '2026-04-02 08:30:00.000\t2026-04\t2026\n',
  },
  {
    query:
      "SELECT toTypeName(amount), amount * 2, round(amount / 3, 2), CAST(amount AS String), amount::Decimal(18, 2) FROM payments WHERE payment_id = 'p-2'",
    answer: 'Decimal(18, 4)\t-1\t-0.17\t-0.5\t-0.5\n',
  },
  {
    query:
      "SELECT CASE currency WHEN 'EUR' THEN '€' ELSE '$' END AS sign, CASE WHEN amount < 0 THEN 1 ELSE 0 END, amount BETWEEN 0 AND 8, note IS NULL, coalesce(note, '-') FROM payments ORDER BY payment_id LIMIT 1",
    answer: '€\t0\t0\t0\tfirst\n',
  },
  {
    query: "SELECT if(amount > 0, 'in', 'out') AS way, sum(amount) FROM payments GROUP BY way ORDER BY way",
    answer: 'in\t17.5\nout\t-0.5\n',
  },
  {
    query: 'SELECT * EXCEPT (data, tags, note) FROM payments WHERE line = 1',
    answer: '2\t1\tp-3\t7\tUSD\t2026-04-01 08:30:00.000\n',
  },
  {
    query: 'SELECT * REPLACE (toString(amount) AS amount) FROM (SELECT amount FROM payments WHERE line = 1)',
    answer: '7\n',
  },
  { query: "SELECT COLUMNS('^pay') FROM payments WHERE line = 1", answer: 'p-3\n' },
  {
    query:
      "SELECT toDate('2026-03-01') + number AS day, count(p.payment_id) FROM numbers(2) AS n LEFT JOIN payments AS p ON toDate(p.paid_at) = toDate('2026-03-01') + n.number GROUP BY day ORDER BY day",
    answer: '2026-03-01\t1\n2026-03-02\t1\n',
  },
  {
    query: "SELECT toDate('2026-03-01') AS day ORDER BY day WITH FILL TO toDate('2026-03-03')",
    answer: '2026-03-01\n2026-03-02\n',
  },
  { query: 'SELECT * FROM generate_series(1, 3)', answer: '1\n2\n3\n' },
  { query: "SELECT a, b FROM values('a Int8, b String', (1, 'x'), (2, 'y'))", answer: '1\tx\n2\ty\n' },
  { query: "SELECT a FROM VALUES('a Int8', 1, 2)", answer: '1\n2\n' },
  { query: "SELECT tuple(1, 2).2, map('a', 1)['a'], [1, 2][-1], (1, 'x') = (1, 'x')", answer: '2\t1\t2\t1\n' },
  {
    query:
      "SELECT 'abc' LIKE 'a%', match('abc', '^a'), replaceRegexpAll('abc', 'b', '-'), concat('a', 'b') || 'c', lower('ÄB'), substring('abc' FROM 2)",
    answer: '1\t1\ta-c\tabc\tÄb\tbc\n',
  },
  {
    query: "SELECT now() > toDateTime(0), timezone(), version() != '', currentDatabase()",
    answer: '1\tUTC\t1\tvouch\n',
  },
  // Parameters
  {
    query: 'SELECT payment_id FROM payments WHERE currency = {c:String} AND position <= {p:UInt64}',
    params: { c: 'EUR', p: 1 },
    answer: 'p-1\n',
  },
  {
    query: 'SELECT {column:Identifier} FROM {table:Identifier} WHERE position = 1',
    params: { column: 'payment_id', table: 'payments' },
    answer: 'p-1\n',
  },
  { query: 'SELECT count() FROM {d:Identifier}.payments', params: { d: 'vouch' }, answer: '3\n' },
  {
    query: "SELECT count() FROM payments WHERE currency IN {c:Array(String)} AND paid_at >= {t:DateTime64(3, 'UTC')}",
    params: { c: ['EUR', 'USD'], t: new Date(Date.UTC(2026, 2, 2)) },
    answer: '2\n',
  },
  // Formats
  {
    query: 'SELECT payment_id, amount FROM payments WHERE line = 1 FORMAT CSVWithNames',
    answer: '"payment_id","amount"\n"p-3",7\n',
  },
  {
    query: 'SELECT payment_id, amount FROM payments WHERE line = 1 FORMAT JSONEachRow',
    answer: '{"payment_id":"p-3","amount":"7"}\n',
  },
  { query: 'SELECT position, amount FROM payments WHERE line = 1 FORMAT JSONCompactEachRow', answer: '["2", "7"]\n' },
  {
    query: 'SELECT payment_id, amount FROM payments WHERE line = 1 FORMAT JSONCompact',
    answer: /"data":\s*\[\s*\["p-3", "7"\]\s*\]/,
  },
  { query: 'SELECT payment_id FROM payments WHERE line = 1 FORMAT Vertical', answer: /payment_id: p-3/ },
  { query: 'SELECT payment_id FROM payments WHERE line = 1 FORMAT PrettyCompact', answer: /p-3/ },
  { query: 'SELECT payment_id FROM payments WHERE line = 1 FORMAT Pretty', answer: /p-3/ },
  {
    query: 'SELECT payment_id FROM payments WHERE line = 1 FORMAT Markdown',
    answer: '| payment_id |\n|:-|\n| p-3 |\n',
  },
  { query: 'SELECT payment_id FROM payments WHERE line = 1 FORMAT XML', answer: /<payment_id>p-3<\/payment_id>/ },
  {
    query: 'SELECT payment_id FROM payments WHERE line = 1 FORMAT TSVWithNamesAndTypes',
    answer: 'payment_id\nString\np-3\n',
  },
  { query: 'SELECT payment_id FROM payments FORMAT Parquet', answer: /^PAR1[\s\S]*PAR1$/ },
  { query: 'SELECT payment_id FROM payments FORMAT Arrow', answer: /^ARROW1/ },
  { query: 'SELECT payment_id FROM payments FORMAT Null', answer: '' },
  { query: 'SELECT payment_id FROM payments WHERE 0 FORMAT JSON', answer: /"rows": 0/ },
  // What there is
  { query: 'SHOW TABLES', answer: 'payment_totals\npayments\nprogress\n' },
  { query: "SHOW TABLES FROM vouch_asof LIKE '%total%'", answer: 'payment_totals\n' },
  { query: 'SHOW DATABASES', answer: /^vouch$/m },
  { query: 'DESCRIBE vouch.payments', answer: /^amount\tDecimal\(18, 4\)\t\t\tWhat was paid/m },
  { query: 'DESC payments FORMAT JSONEachRow', answer: /"name":"amount"/ },
  { query: 'SHOW COLUMNS FROM payments', answer: /^amount\tDecimal\(18, 4\)/m },
  { query: 'SHOW FULL COLUMNS FROM payments FROM vouch', answer: /What was paid/ },
  { query: 'SHOW CREATE TABLE payments', answer: /^CREATE VIEW vouch\.payments/ },
  { query: 'SHOW CREATE VIEW vouch.payments FORMAT TSVRaw', answer: /^CREATE VIEW vouch\.payments\n/ },
  { query: 'EXISTS vouch.payments', answer: '1\n' },
  { query: "SHOW FUNCTIONS LIKE 'sumIf%'", answer: /.*/ },
  {
    query:
      "SELECT name, type, comment FROM system.columns WHERE database = 'vouch' AND table = 'payments' AND name = 'line'",
    answer: 'line\tUInt32\tNumber of the row among those of its event\n',
  },
  {
    query: "SELECT table_name FROM information_schema.tables WHERE table_schema = 'vouch' ORDER BY 1",
    answer: 'payment_totals\npayments\nprogress\n',
  },
  { query: 'SELECT count() > 100 FROM system.functions', answer: '1\n' },
  { query: 'SELECT * FROM system.one', answer: '0\n' },
  { query: 'EXPLAIN SELECT amount FROM payments', answer: /vouch_store\.payments/ },
  { query: 'EXPLAIN indexes = 1, actions = 0 SELECT amount FROM payments WHERE position = 1', answer: /Primary/ },
  { query: 'EXPLAIN SYNTAX SELECT sum(amount) FROM payments', answer: /SELECT sum\(amount\)/ },
  { query: 'EXPLAIN PIPELINE SELECT amount FROM payments', answer: /MergeTree/ },
]
