#!/bin/bash
# The users of the composition's ClickHouse, made at its first start: what vouch warehouse users prints, with the passwords of .env.
set -eu
clickhouse-client --host localhost --user "$CLICKHOUSE_USER" --password "$CLICKHOUSE_PASSWORD" --multiquery <<SQL
CREATE USER IF NOT EXISTS vouch IDENTIFIED WITH sha256_password BY '${VOUCH_CLICKHOUSE_PASSWORD}';
GRANT SELECT, INSERT, ALTER TABLE, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE, DROP VIEW ON vouch.* TO vouch;
GRANT SELECT, INSERT, ALTER TABLE, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE, DROP VIEW ON vouch_asof.* TO vouch;
GRANT SELECT, INSERT, ALTER TABLE, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE, DROP VIEW ON vouch_store.* TO vouch;
GRANT SELECT ON system.* TO vouch;
GRANT CREATE TEMPORARY TABLE ON *.* TO vouch;
CREATE ROLE IF NOT EXISTS vouch_reader;
GRANT SELECT ON vouch.* TO vouch_reader;
GRANT SELECT ON vouch_asof.* TO vouch_reader;
GRANT SELECT ON vouch_store.* TO vouch_reader;
GRANT CREATE TEMPORARY TABLE ON *.* TO vouch_reader;
CREATE SETTINGS PROFILE OR REPLACE vouch_reader SETTINGS readonly = 2 CONST, max_execution_time = 30 MAX 60, max_memory_usage = 4000000000 MAX 8000000000, max_result_rows = 10000000 MAX 10000000, max_temporary_data_on_disk_size_for_query = 4000000000 MAX 4000000000, max_threads = 4 MAX 4, distributed_product_mode = 'global' CONST, type_json_skip_duplicated_paths = 1, session_timezone = 'UTC' TO vouch_reader;
CREATE QUOTA OR REPLACE vouch_reader KEYED BY user_name FOR INTERVAL 1 minute MAX queries = 120, FOR INTERVAL 1 hour MAX execution_time = 1800, read_rows = 100000000000 TO vouch_reader;
CREATE USER IF NOT EXISTS analyst IDENTIFIED WITH sha256_password BY '${VOUCH_ANALYST_PASSWORD}' DEFAULT DATABASE vouch;
GRANT vouch_reader TO analyst;
ALTER USER analyst DEFAULT ROLE vouch_reader;
SQL
