-- Fields: traits that somebody declared, with a type and a place on the page. What is typed and what sources send lies in
-- trait_values and traits as before; field_values holds the shown values of declared fields once more, typed, for lists.
CREATE TABLE fields (
  key_id BIGINT NOT NULL PRIMARY KEY REFERENCES trait_keys (id),
  kind TEXT NOT NULL CHECK (kind IN ('text', 'long_text', 'number', 'money', 'date', 'date_time', 'yes_no', 'select', 'multi_select', 'user', 'url', 'email', 'phone')),
  group_name TEXT NOT NULL,
  position BIGINT NOT NULL,
  options TEXT NOT NULL,
  currency TEXT NOT NULL,
  is_required BOOLEAN NOT NULL,
  is_unique BOOLEAN NOT NULL,
  is_sensitive BOOLEAN NOT NULL,
  wanted_kind TEXT,
  faults TEXT,
  filled_at BIGINT,
  created_by BIGINT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  retired_at BIGINT
) WITHOUT ROWID;

-- How the shown value of a key is chosen, where it is not the usual way.
CREATE TABLE trait_rules (
  key_id BIGINT NOT NULL PRIMARY KEY REFERENCES trait_keys (id),
  rule TEXT NOT NULL CHECK (rule IN ('newest', 'source', 'first')),
  source_id BIGINT
) WITHOUT ROWID;

-- One row per record and field, several where several options are chosen. record_id is a contact or a company, as the key says.
CREATE TABLE field_values (
  key_id BIGINT NOT NULL,
  record_id BIGINT NOT NULL,
  part BIGINT NOT NULL,
  number DOUBLE PRECISION,
  text TEXT,
  PRIMARY KEY (key_id, record_id, part)
) WITHOUT ROWID;
CREATE INDEX field_values_number ON field_values (key_id, number, record_id) WHERE number IS NOT NULL;
CREATE INDEX field_values_text ON field_values (key_id, text, record_id) WHERE text IS NOT NULL;

-- A claim that a person chose to be shown hangs on the claim, so that it goes where the claim goes.
ALTER TABLE trait_values ADD COLUMN pinned_at BIGINT;
ALTER TABLE traits ADD COLUMN is_pinned BOOLEAN NOT NULL DEFAULT FALSE;
-- What a verified source says goes before what others say.
ALTER TABLE sources ADD COLUMN is_verified BOOLEAN NOT NULL DEFAULT FALSE;
