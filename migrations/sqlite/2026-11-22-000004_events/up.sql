-- Behaviour: what arrived, whose it is, and what it adds up to.
CREATE TABLE event_names (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('track', 'page', 'screen', 'identify', 'group', 'alias')),
  name TEXT NOT NULL,
  UNIQUE (kind, name)
);

-- One thing a person did. No foreign keys: the enrichment worker is the only writer.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  identity_id BIGINT NOT NULL,
  name_id BIGINT NOT NULL,
  source_id BIGINT NOT NULL,
  session_id BIGINT,
  at BIGINT NOT NULL,
  original_at BIGINT NOT NULL,
  sent_at BIGINT,
  received_at BIGINT NOT NULL,
  message_id TEXT NOT NULL,
  properties TEXT NOT NULL,
  context TEXT NOT NULL
);
CREATE INDEX events_identity ON events (identity_id, at DESC, id DESC);

-- Hash of (source, messageId) → event, which keeps duplicates out for as long as the event is kept.
-- A hit is confirmed against the event itself, so two ids with one hash are both kept.
CREATE TABLE event_keys (
  key BIGINT NOT NULL,
  event_id BIGINT NOT NULL,
  PRIMARY KEY (key, event_id)
) WITHOUT ROWID;

-- Counters for windows and sparklines; day = days since 1970-01-01 UTC. The day before the name: every question is
-- about a window, few about one name.
CREATE TABLE event_days (
  identity_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  name_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  sum DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (identity_id, day, name_id)
) WITHOUT ROWID;
-- Who did something: the other way round.
CREATE INDEX event_days_name ON event_days (name_id, day, identity_id);

-- A visit: events of one device less than 30 minutes apart.
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  identity_id BIGINT NOT NULL,
  source_id BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  event_count BIGINT NOT NULL,
  page_count BIGINT NOT NULL,
  entry TEXT NOT NULL,
  touch TEXT,
  device TEXT
);
CREATE INDEX sessions_identity ON sessions (identity_id, started_at DESC, id DESC);

-- Health per minute; minute = minutes since 1970-01-01 UTC.
CREATE TABLE source_minutes (
  source_id BIGINT NOT NULL,
  minute BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  stored BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  quarantined BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  PRIMARY KEY (source_id, minute)
) WITHOUT ROWID;
CREATE TABLE source_rejections (
  source_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  reason TEXT NOT NULL,
  n BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (source_id, day, reason)
) WITHOUT ROWID;

-- Events that could not be processed, with the bytes as they came.
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  body TEXT NOT NULL,
  message_key BIGINT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  sent_at BIGINT,
  received_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'replayed', 'dropped')),
  resolved_at BIGINT,
  resolved_by BIGINT
);
CREATE INDEX quarantine_state ON quarantine (state, id);
CREATE INDEX quarantine_source ON quarantine (source_id, state, id);
CREATE INDEX quarantine_reason ON quarantine (reason, state, id);
CREATE INDEX quarantine_key ON quarantine (message_key);
