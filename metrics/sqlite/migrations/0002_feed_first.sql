-- No revision of the feed is below this one; 0 for feeds that were there before it was kept.
ALTER TABLE feed ADD COLUMN first INTEGER NOT NULL DEFAULT 0;
