"""The intermediate representation between checker and backends."""
