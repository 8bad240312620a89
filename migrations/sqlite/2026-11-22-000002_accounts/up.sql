-- The people who work in Rapport, how they sign in, and what they did.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'sales', 'support', 'marketing', 'read_only')),
  password_hash TEXT,
  language TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  theme TEXT NOT NULL CHECK (theme IN ('system', 'light', 'dark')),
  avatar_file_id BIGINT REFERENCES files (id),
  totp_secret BLOB,
  totp_enabled_at BIGINT,
  totp_last_step BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  last_seen_at BIGINT,
  deactivated_at BIGINT
);

CREATE TABLE user_sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash BLOB NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX user_sessions_user ON user_sessions (user_id, last_seen_at);

CREATE TABLE recovery_codes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  code_hash BLOB NOT NULL,
  used_at BIGINT
);
CREATE INDEX recovery_codes_user ON recovery_codes (user_id);

-- One-time links: invitation, password reset.
CREATE TABLE user_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('invitation', 'password_reset')),
  token_hash BLOB NOT NULL UNIQUE,
  user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  role TEXT,
  created_by BIGINT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX user_tokens_kind ON user_tokens (kind, id);

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  key_hash BLOB NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  revoked_at BIGINT
);
CREATE INDEX api_keys_user ON api_keys (user_id);

CREATE TABLE audit_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at BIGINT NOT NULL,
  user_id BIGINT,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object_kind TEXT,
  object_id BIGINT,
  detail TEXT NOT NULL,
  ip TEXT
);
CREATE INDEX audit_entries_object ON audit_entries (object_kind, object_id, id);
CREATE INDEX audit_entries_user ON audit_entries (user_id, id);
