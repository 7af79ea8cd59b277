# Every observation of a metric as a data frame: the best score of each year.
import os

import pandas

base = os.environ.get("SCALEBOOK", "http://127.0.0.1:8080")
scores = pandas.read_csv(f"{base}/api/v1/series.csv?metric=gpqa-diamond", encoding="utf-8-sig", parse_dates=["time"])
best = scores.loc[scores.groupby(scores.time.dt.year)["value"].idxmax(), ["time", "name", "value"]]
print(best.to_string(index=False))
