"""What clickhouse-connect sees of vouch, as JSON: {"name": result} a check, one a line."""

import json
import sys
from datetime import datetime, timezone

import clickhouse_connect
from clickhouse_connect import common
from clickhouse_connect.driver.exceptions import DatabaseError, Error

host, port, key = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def connect(**more):
    return clickhouse_connect.get_client(host=host, port=port, username="analyst", password=key, **more)


def say(name, result):
    print(json.dumps({name: result}, default=str), flush=True)


def failure(ask):
    try:
        ask()
    except Error as error:
        return {"kind": type(error).__name__, "code": error.code, "name": error.name, "message": str(error)}
    return None


client = connect()
say("server", {"version": client.server_version.split(".")[0], "timezone": str(client.server_tz), "settings": len(client.server_settings)})
say("protocol", client.protocol_version)
say("ping", client.ping())

model = "SELECT advocate_id, sum(amount) AS amount FROM attributions WHERE model = {model:String} GROUP BY advocate_id HAVING amount != 0 ORDER BY advocate_id"
for compress in (True, False, "zstd", "gzip", "lz4", "br"):
    if compress == "br" and "br" not in clickhouse_connect.driver.compression.available_compression:
        continue
    result = connect(compress=compress).query(model, parameters={"model": "linear"})
    say(f"rows {compress}", [[*map(str, row)] for row in result.result_rows])
    say(f"columns {compress}", {"names": result.column_names, "types": [type.name for type in result.column_types]})

values = client.query(
    """SELECT 'text' AS s, toUInt64(18446744073709551615) AS n, toDecimal64('-0.0001', 4) AS d, toDateTime64('2026-03-01 12:00:00.005', 3, 'UTC') AS t,
       toDate('2026-03-01') AS day, [1, 2] AS a, map('k', 'v') AS m, CAST(NULL AS Nullable(String)) AS z, toLowCardinality('low') AS l,
       CAST('EUR' AS Enum8('EUR' = 1)) AS e, (1, 'x') AS p, true AS b, toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') AS u"""
)
say("values", [[str(value) for value in row] for row in values.result_rows])
say("data", client.query("SELECT data FROM events WHERE type = 'vouch.refund.v1'").result_rows[0][0])
say("count", client.command("SELECT count() FROM events"))
say("none", client.query("SELECT position FROM events WHERE 0").result_rows)
say("columns only", client.query("SELECT position, type FROM events LIMIT 0").column_names)
say("named", list(client.query("SELECT 1 AS one").named_results()))
say("when", str(client.query("SELECT min(occurred_at) FROM touches").result_rows[0][0]))
say("parameters", client.query(
    "SELECT {s:String}, {a:Array(String)}, {n:Int64}, {d:DateTime}",
    parameters={"s": "it's a\ttab \\", "a": ["x", "y'"], "n": -1, "d": datetime(2026, 3, 1, 12, tzinfo=timezone.utc)},
).result_rows)
say("in a form", connect(form_encode_query_params=True).query("SELECT {s:String}", parameters={"s": "form"}).result_rows)
say("long list", connect(form_encode_query_params=True).query(
    "SELECT count() FROM numbers(10000) WHERE number IN {list:Array(UInt64)}", parameters={"list": list(range(10000))}
).result_rows)

with client.query_row_block_stream("SELECT number, toString(number) FROM numbers(400000)") as stream:
    say("streamed", sum(len(block) for block in stream))
say("whole", client.query("SELECT number FROM numbers(400000)").row_count)
say("raw", client.raw_query("SELECT 1 AS a", fmt="JSONEachRow").decode())
with client.raw_stream("SELECT number FROM numbers(3)", fmt="CSV") as raw:
    say("raw stream", raw.read().decode())

say("tables", sorted(row[0] for row in client.query("SHOW TABLES").result_rows)[:3])
say("describe", client.query("DESCRIBE TABLE advocate_performance").column_names)
say("database", connect(database="vouch_asof").command("SELECT currentDatabase()"))
say("token", clickhouse_connect.get_client(host=host, port=port, access_token=key).command("SELECT 1"))
say("session", connect(session_id="mine").command("SELECT 1"))
summary = client.query("SELECT number FROM numbers(10)").summary
say("summary", sorted(summary))

say("insert", failure(lambda: connect(compress=False).insert("events", [[255]], column_names=["position"], column_type_names=["UInt64"])))
say("ddl", failure(lambda: client.command("DROP TABLE events")))
say("file", failure(lambda: client.query("SELECT file('/etc/hostname')")))
say("unknown", failure(lambda: client.query("SELECT nope FROM events")))
say("several", failure(lambda: client.query("SELECT 1; SELECT 2")))
say("wrong key", failure(lambda: clickhouse_connect.get_client(host=host, port=port, username="a", password="wrong")))
say("setting", failure(lambda: client.query("SELECT 1", settings={"enable_analyzer": 0})))
common.set_setting("invalid_setting_action", "send")
sending = connect()
say("sent setting", failure(lambda: sending.query("SELECT 1", settings={"enable_analyzer": 0})))
say("open setting", sending.query("SELECT number FROM numbers(9)", settings={"limit": 2}).result_rows)


def broken():
    with client.query_rows_stream("SELECT number, throwIf(number = 390000) FROM numbers(400000)") as rows:
        for _ in rows:
            pass


say("broken", failure(broken))
say("broken whole", failure(lambda: client.query("SELECT number, throwIf(number = 390000) FROM numbers(400000)")))
