-- Contacts and companies, what identifies them, what is known of them.
-- Source 1 is the house itself ('crm'): what people type and do in Rapport.
CREATE TABLE sources (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('web', 'server', 'mobile', 'import', 'crm')),
  write_key TEXT NOT NULL UNIQUE,
  old_write_key TEXT UNIQUE,
  old_key_until BIGINT,
  is_enabled BOOLEAN NOT NULL,
  settings TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE companies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  external_id TEXT,
  owner_id BIGINT REFERENCES users (id),
  stage TEXT NOT NULL CHECK (stage IN ('lead', 'qualified', 'customer', 'former')),
  industry TEXT NOT NULL,
  employees BIGINT,
  phone TEXT,
  website TEXT NOT NULL,
  street TEXT NOT NULL,
  city TEXT NOT NULL,
  region TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  country TEXT NOT NULL,
  source_id BIGINT NOT NULL REFERENCES sources (id),
  created_by BIGINT REFERENCES users (id),
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  merged_into BIGINT,
  deleted_at BIGINT
);
CREATE UNIQUE INDEX companies_external_id ON companies (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX companies_name ON companies (sort_name, id) WHERE deleted_at IS NULL;
CREATE INDEX companies_seen ON companies (last_seen_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX companies_created ON companies (created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX companies_owner ON companies (owner_id, last_seen_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX companies_stage ON companies (stage, last_seen_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX companies_trash ON companies (deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;

CREATE TABLE company_domains (
  domain TEXT NOT NULL PRIMARY KEY,
  company_id BIGINT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
  is_primary BOOLEAN NOT NULL
) WITHOUT ROWID;
CREATE INDEX company_domains_company ON company_domains (company_id);

-- A person; a visitor is one that nobody knows yet. merged_into set: lives on in another row.
-- last_seen_at is coarse (to the minute) so that a busy visitor does not rewrite six indexes a second;
-- the exact time is in identities.
CREATE TABLE contacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  is_known BOOLEAN NOT NULL,
  is_person_owned BOOLEAN NOT NULL,
  name TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  given_name TEXT NOT NULL,
  family_name TEXT NOT NULL,
  job_title TEXT NOT NULL,
  email TEXT,
  phone TEXT,
  stage TEXT NOT NULL CHECK (stage IN ('visitor', 'lead', 'qualified', 'customer', 'former')),
  owner_id BIGINT REFERENCES users (id),
  company_id BIGINT REFERENCES companies (id),
  street TEXT NOT NULL,
  city TEXT NOT NULL,
  region TEXT NOT NULL,
  postal_code TEXT NOT NULL,
  country TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  language TEXT NOT NULL,
  source_id BIGINT NOT NULL REFERENCES sources (id),
  created_by BIGINT REFERENCES users (id),
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  merged_into BIGINT,
  deleted_at BIGINT
);
-- The list walks these: every view with one filter, in every order that is offered. Only known contacts have names to
-- sort by; a condition on is_known without a value is one that both databases recognise.
CREATE INDEX contacts_seen ON contacts (last_seen_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX contacts_known ON contacts (is_known, last_seen_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX contacts_created ON contacts (is_known, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX contacts_name ON contacts (sort_name, id) WHERE deleted_at IS NULL AND is_known;
CREATE INDEX contacts_owner ON contacts (owner_id, last_seen_at DESC, id DESC) WHERE deleted_at IS NULL AND owner_id IS NOT NULL;
CREATE INDEX contacts_owner_seen ON contacts (owner_id, last_seen_at DESC, id DESC) WHERE deleted_at IS NULL AND is_known;
CREATE INDEX contacts_owner_name ON contacts (owner_id, sort_name, id) WHERE deleted_at IS NULL AND is_known;
CREATE INDEX contacts_owner_created ON contacts (owner_id, created_at DESC, id DESC) WHERE deleted_at IS NULL AND is_known;
CREATE INDEX contacts_stage ON contacts (stage, last_seen_at DESC, id DESC) WHERE deleted_at IS NULL AND is_known;
CREATE INDEX contacts_stage_name ON contacts (stage, sort_name, id) WHERE deleted_at IS NULL AND is_known;
CREATE INDEX contacts_stage_created ON contacts (stage, created_at DESC, id DESC) WHERE deleted_at IS NULL AND is_known;
CREATE INDEX contacts_unowned ON contacts (stage, last_seen_at DESC, id DESC) WHERE deleted_at IS NULL AND is_known AND owner_id IS NULL;
CREATE INDEX contacts_source ON contacts (source_id, is_known, last_seen_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX contacts_company ON contacts (company_id, last_seen_at DESC, id DESC) WHERE company_id IS NOT NULL;
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contacts_trash ON contacts (deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL AND merged_into IS NULL;

CREATE TABLE company_people (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  company_id BIGINT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
  contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  is_primary BOOLEAN NOT NULL,
  started_on BIGINT,
  ended_on BIGINT,
  source_id BIGINT NOT NULL REFERENCES sources (id),
  UNIQUE (company_id, contact_id)
);
CREATE INDEX company_people_contact ON company_people (contact_id);

-- One identifier of a contact. A merge re-points contact_id; events never move.
-- Namespace 'record' is the CRM record itself: what a person typed hangs there.
CREATE TABLE identities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_id BIGINT NOT NULL,
  namespace TEXT NOT NULL,
  value TEXT NOT NULL,
  shown TEXT NOT NULL,
  label TEXT NOT NULL,
  is_primary BOOLEAN NOT NULL,
  is_shared BOOLEAN NOT NULL,
  source_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  first_seen_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  event_count BIGINT NOT NULL,
  page_count BIGINT NOT NULL,
  session_count BIGINT NOT NULL,
  first_touch TEXT,
  last_touch TEXT,
  device TEXT
);
CREATE UNIQUE INDEX identities_value ON identities (value, namespace);
CREATE INDEX identities_contact ON identities (contact_id);

CREATE TABLE tags (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  tone TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE contact_tags (
  contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  PRIMARY KEY (contact_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX contact_tags_tag ON contact_tags (tag_id, contact_id DESC);
CREATE TABLE company_tags (
  company_id BIGINT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
  tag_id BIGINT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  PRIMARY KEY (company_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX company_tags_tag ON company_tags (tag_id, company_id DESC);

-- Traits: a dictionary of keys, every value ever claimed by whom, and the winner per key.
CREATE TABLE trait_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  object TEXT NOT NULL CHECK (object IN ('contact', 'company')),
  key TEXT NOT NULL,
  label TEXT NOT NULL,
  is_declared BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (object, key)
);
CREATE TABLE trait_values (
  identity_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  source_id BIGINT NOT NULL,
  value TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (identity_id, key_id, source_id)
) WITHOUT ROWID;
CREATE TABLE traits (
  contact_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  value TEXT NOT NULL,
  source_id BIGINT NOT NULL,
  identity_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (contact_id, key_id)
) WITHOUT ROWID;
CREATE TABLE company_traits (
  company_id BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  value TEXT NOT NULL,
  source_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (company_id, key_id)
) WITHOUT ROWID;

CREATE TABLE merges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  winner_id BIGINT NOT NULL,
  loser_id BIGINT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,
  actor_id BIGINT,
  at BIGINT NOT NULL,
  undone_at BIGINT
);
CREATE INDEX merges_winner ON merges (winner_id, id);
CREATE INDEX merges_loser ON merges (loser_id, id);
-- Every row a merge moved, so that undoing it can move each back.
CREATE TABLE merge_moves (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  merge_id BIGINT NOT NULL REFERENCES merges (id) ON DELETE CASCADE,
  table_name TEXT NOT NULL,
  row_id BIGINT NOT NULL,
  before TEXT NOT NULL
);
CREATE INDEX merge_moves_merge ON merge_moves (merge_id);
-- Pairs that must never become one again; a < b.
CREATE TABLE no_merges (
  a BIGINT NOT NULL,
  b BIGINT NOT NULL,
  actor_id BIGINT,
  at BIGINT NOT NULL,
  PRIMARY KEY (a, b)
) WITHOUT ROWID;
-- Merges that the rules would not make alone and a person should look at.
CREATE TABLE merge_suggestions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_a BIGINT NOT NULL,
  contact_b BIGINT NOT NULL,
  reason TEXT NOT NULL,
  evidence TEXT NOT NULL,
  at BIGINT NOT NULL,
  resolved_at BIGINT,
  UNIQUE (contact_a, contact_b)
);

CREATE TABLE activities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('note', 'task')),
  contact_id BIGINT,
  company_id BIGINT,
  deal_id BIGINT,
  author_id BIGINT REFERENCES users (id),
  assignee_id BIGINT REFERENCES users (id),
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  due_on BIGINT,
  due_at BIGINT,
  done_at BIGINT,
  pinned_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE INDEX activities_contact ON activities (contact_id, at DESC) WHERE contact_id IS NOT NULL;
CREATE INDEX activities_company ON activities (company_id, at DESC) WHERE company_id IS NOT NULL;
CREATE INDEX activities_deal ON activities (deal_id, at DESC) WHERE deal_id IS NOT NULL;
-- Only a task has due_at; one without a date has the end of time, so that it sorts last.
CREATE INDEX activities_open ON activities (assignee_id, due_at, id) WHERE due_at IS NOT NULL AND done_at IS NULL AND deleted_at IS NULL;
CREATE INDEX activities_done ON activities (assignee_id, done_at DESC, id DESC) WHERE done_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX activities_deal_open ON activities (deal_id, due_at, id) WHERE due_at IS NOT NULL AND done_at IS NULL AND deleted_at IS NULL;
CREATE INDEX activities_contact_open ON activities (contact_id, due_at, id) WHERE due_at IS NOT NULL AND done_at IS NULL AND deleted_at IS NULL;

-- The story: what people and the house did to a record. Behaviour is in sessions and events.
CREATE TABLE timeline_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_id BIGINT,
  company_id BIGINT,
  deal_id BIGINT,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  actor_id BIGINT,
  subject_id BIGINT,
  data TEXT NOT NULL
);
CREATE INDEX timeline_entries_contact ON timeline_entries (contact_id, at DESC, id DESC) WHERE contact_id IS NOT NULL;
CREATE INDEX timeline_entries_company ON timeline_entries (company_id, at DESC, id DESC) WHERE company_id IS NOT NULL;
CREATE INDEX timeline_entries_deal ON timeline_entries (deal_id, at DESC, id DESC) WHERE deal_id IS NOT NULL;

-- Words of records; rowid = kind * 2^48 + id, see db::dialect::search.
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, prefix = '2 3');
