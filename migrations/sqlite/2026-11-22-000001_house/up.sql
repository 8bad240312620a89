-- The floors below the slices: settings, jobs, leases, cursors, throttles, files.
CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at BIGINT NOT NULL
) WITHOUT ROWID;

-- One row per piece of work to do; finished rows are removed, dead ones wait for a person.
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  unique_key TEXT,
  priority BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'dead')),
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  max_attempts BIGINT NOT NULL,
  locked_by TEXT,
  locked_until BIGINT,
  last_error TEXT,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX jobs_unique_key ON jobs (unique_key) WHERE unique_key IS NOT NULL AND state = 'ready';
CREATE INDEX jobs_due ON jobs (priority, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_soonest ON jobs (run_at) WHERE state = 'ready';
CREATE INDEX jobs_running ON jobs (locked_until) WHERE state = 'running';
CREATE INDEX jobs_state ON jobs (state, id);

-- Who may act alone just now; the epoch fences off a holder that fell asleep.
CREATE TABLE leases (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) WITHOUT ROWID;

-- How far a reader of an append-only stream has come, moved in the transaction of its effects.
CREATE TABLE cursors (
  name TEXT NOT NULL PRIMARY KEY,
  position BIGINT NOT NULL
) WITHOUT ROWID;

-- Counts within a window, for sign-in and public endpoints.
CREATE TABLE throttles (
  key TEXT NOT NULL PRIMARY KEY,
  window_start BIGINT NOT NULL,
  n BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
