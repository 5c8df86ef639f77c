-- An event log as schema version 1 wrote it: the DDL of that release and a handful of events. Never
-- edited; upgrade_test.cc opens it with every later program.
PRAGMA application_id = 0x51434c47;
PRAGMA user_version = 1;
CREATE TABLE event (
  workspace        TEXT    NOT NULL,
  "offset"         INTEGER NOT NULL CHECK ("offset" > 0),
  source           TEXT    NOT NULL,
  source_key       TEXT    NOT NULL,
  version          TEXT    NOT NULL,
  effective_micros INTEGER,            -- Microseconds since 1970-01-01 UTC; NULL: not said.
  recorded_micros  INTEGER NOT NULL,   -- Likewise.
  payload          BLOB    NOT NULL,
  PRIMARY KEY (workspace, "offset")
) STRICT;
CREATE UNIQUE INDEX event_by_id ON event (workspace, source, source_key, version);
INSERT INTO event VALUES
  ('default', 1, 'maventech', 'opportunity/1C1I7A6R', 'Engaging@2016-10-20', 1476921600000000,
   1500000000123456, x'0a0831433149374136521208456e676167696e67'),
  ('default', 2, 'maventech', 'opportunity/1C1I7A6R', 'Won@2017-03-01', 1488326400000000,
   1500000000123456, x'0a0831433149374136521203576f6e'),
  ('default', 3, 'maventech', 'rep/Ada', 'undated', NULL, 1500000001000000, x''),
  ('default', 4, 'crm', CAST(x'6f64642000ff' AS TEXT), CAST(x'c3ab' AS TEXT), -1,
   1500000001000000, x'00ff'),
  ('other', 1, 'maventech', 'opportunity/1C1I7A6R', 'Won@2017-03-01', 1488326400000000,
   1499999999000000, x'0a08');
