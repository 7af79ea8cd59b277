"""DuckDB as a peer: holds the CSV named first in a database file of its own named second, and answers a line with the name of a
series by a line with the slope of its log2 values over time in years, and the seconds that the query took."""
import sys
import time

import duckdb

csv, database = sys.argv[1:]
db = duckdb.connect(database)
db.execute("CREATE TABLE points AS SELECT metric, time::TIMESTAMP AS time, value FROM read_csv(?) ORDER BY metric, time", [csv])
print("ready", flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    (slope,) = db.execute("SELECT regr_slope(log2(value), epoch(time) / 31557600) FROM points WHERE metric = ?", [line.strip()]).fetchone()
    print(slope, time.perf_counter() - began, flush=True)
