# SQL over the CSV and the Parquet form of the same answer: both have the same rows.
import os
import tempfile
import urllib.request

import duckdb

base = os.environ.get("SCALEBOOK", "http://127.0.0.1:8080")
with tempfile.TemporaryDirectory() as folder:
    for form in ("csv", "parquet"):
        urllib.request.urlretrieve(f"{base}/api/v1/series.{form}?metric=cpu-transistors", f"{folder}/series.{form}")
    print(
        duckdb.sql(
            f"""
            SELECT count(*) AS rows, max(p.value) AS most, sum(abs(p.value - c.value)) AS apart
            FROM '{folder}/series.parquet' p JOIN read_csv('{folder}/series.csv') c
            ON p.subject = c.subject AND p.value = c.value
            """
        )
    )
