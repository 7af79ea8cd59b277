# A fit of one's own: the doubling time of transistor counts by least squares in base R, with its confidence interval.
base <- Sys.getenv("SCALEBOOK", "http://127.0.0.1:8080")
chips <- read.csv(paste0(base, "/api/v1/series.csv?metric=cpu-transistors"), fileEncoding = "UTF-8-BOM")
chips$year <- as.numeric(as.Date(substr(chips$time, 1, 10))) / 365.25
fit <- lm(log2(value) ~ year, data = chips)
ends <- 1 / confint(fit)["year", ]
cat(sprintf("doubling every %.2f years (%.2f to %.2f), n = %d\n", 1 / coef(fit)[["year"]], min(ends), max(ends), nrow(chips)))
