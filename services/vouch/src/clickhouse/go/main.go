// What clickhouse-go sees of vouch over HTTP: a check a line, its name and its result with a tab between.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

func say(name string, result any, err error) {
	var exception *clickhouse.Exception
	switch {
	case errors.As(err, &exception):
		fmt.Printf("%s\tcode %d\n", name, exception.Code)
	case err != nil:
		fmt.Printf("%s\t%v\n", name, err)
	default:
		fmt.Printf("%s\t%v\n", name, result)
	}
}

func count(rows driver.Rows, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

func connect(compression clickhouse.CompressionMethod) (driver.Conn, error) {
	return clickhouse.Open(&clickhouse.Options{
		Addr:        []string{os.Args[1]},
		Protocol:    clickhouse.HTTP,
		Auth:        clickhouse.Auth{Database: "vouch", Username: "grafana", Password: os.Args[2]},
		Compression: &clickhouse.Compression{Method: compression},
		Settings:    clickhouse.Settings{"max_execution_time": 60},
		DialTimeout: 10 * time.Second,
	})
}

func main() {
	ctx := context.Background()
	for name, compression := range map[string]clickhouse.CompressionMethod{
		"none": clickhouse.CompressionNone, "gzip": clickhouse.CompressionGZIP, "br": clickhouse.CompressionBrotli, "deflate": clickhouse.CompressionDeflate,
	} {
		conn, err := connect(compression)
		if err != nil {
			say("rows "+name, nil, err)
			continue
		}
		var advocates []string
		var amounts []string
		rows, err := conn.Query(ctx, "SELECT advocate_id, toString(sum(amount)) AS amount FROM attributions WHERE model = {model:String} GROUP BY advocate_id HAVING sum(attributions.amount) != 0 ORDER BY advocate_id", clickhouse.Named("model", "linear"))
		if err == nil {
			for rows.Next() {
				var advocate, amount string
				if err = rows.Scan(&advocate, &amount); err != nil {
					break
				}
				advocates, amounts = append(advocates, advocate), append(amounts, amount)
			}
		}
		say("rows "+name, fmt.Sprint(advocates, amounts), err)
	}

	conn, err := connect(clickhouse.CompressionGZIP)
	say("ping", true, errors.Join(err, conn.Ping(ctx)))
	version, err := conn.ServerVersion()
	say("version", version.Version.Major, err)
	say("name", version.DisplayName, err)

	var (
		text    string
		number  uint64
		low     string
		null    *string
		list    []string
		day     time.Time
		at      time.Time
		mapping map[string]uint8
		id      string
	)
	err = conn.QueryRow(ctx, `SELECT 'text', toUInt64(18446744073709551615), toLowCardinality('low'), CAST(NULL AS Nullable(String)), ['a', 'b'],
		toDate('2026-03-01'), toDateTime64('2026-03-01 12:00:00.005', 3, 'UTC'), map('k', toUInt8(1)), toString(toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'))`,
	).Scan(&text, &number, &low, &null, &list, &day, &at, &mapping, &id)
	say("values", fmt.Sprint(text, " ", number, " ", low, " ", null, " ", list, " ", day.Format(time.DateOnly), " ", at.UTC().Format(time.RFC3339Nano), " ", mapping, " ", id), err)

	n, err := count(conn.Query(ctx, "SELECT number, toString(number) FROM numbers(400000)"))
	say("many rows", n, err)
	n, err = count(conn.Query(ctx, "SELECT name, type FROM system.columns WHERE database = 'vouch' AND table = 'touches'"))
	say("columns", n > 10, err)
	n, err = count(conn.Query(ctx, "SHOW TABLES"))
	say("show", n > 10, err)
	n, err = count(conn.Query(ctx, "SELECT position FROM events WHERE 0"))
	say("none", n, err)

	say("insert", nil, conn.Exec(ctx, "INSERT INTO events (position) VALUES (1)"))
	_, err = count(conn.Query(ctx, "SELECT nope FROM events"))
	say("unknown", nil, err)
	_, err = count(conn.Query(ctx, "SELECT file('/etc/hostname')"))
	say("file", nil, err)
	_, err = count(conn.Query(ctx, "SELECT data FROM events"))
	say("json", nil, err)
	_, err = count(conn.Query(ctx, "SELECT number, throwIf(number = 390000) FROM numbers(400000)"))
	say("broken", err == nil, nil)
	own, err := connect(clickhouse.CompressionLZ4)
	if err == nil {
		err = own.Ping(ctx)
	}
	say("own compression", nil, err)
}
