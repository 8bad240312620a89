-- Opportunities: the road they take, where each stands, and what every stage holds.
-- The first pipeline and its stages are made when the program starts.
CREATE TABLE pipelines (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  position BIGINT NOT NULL,
  is_default BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A stage that was removed stays as a row: what passed through it still says so.
CREATE TABLE stages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pipeline_id BIGINT NOT NULL REFERENCES pipelines (id),
  name TEXT NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('open', 'won', 'lost')),
  probability BIGINT NOT NULL CHECK (probability BETWEEN 0 AND 100),
  rotting_days BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX stages_pipeline ON stages (pipeline_id, position);

-- amount in minor units of the currency, or none; sort_amount in thousandths of the unit, so that currencies with and
-- without decimals sort as figures; sort_closes is the day, and the end of time where there is none.
-- probability is what counts; manual_probability what a person said, which nothing else overwrites.
CREATE TABLE deals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pipeline_id BIGINT NOT NULL REFERENCES pipelines (id),
  stage_id BIGINT NOT NULL REFERENCES stages (id),
  stage_kind TEXT NOT NULL CHECK (stage_kind IN ('open', 'won', 'lost')),
  title TEXT NOT NULL,
  amount BIGINT,
  currency TEXT NOT NULL,
  sort_amount BIGINT NOT NULL,
  closes_on BIGINT,
  sort_closes BIGINT NOT NULL,
  probability BIGINT NOT NULL CHECK (probability BETWEEN 0 AND 100),
  manual_probability BIGINT CHECK (manual_probability BETWEEN 0 AND 100),
  owner_id BIGINT REFERENCES users (id),
  company_id BIGINT REFERENCES companies (id),
  source TEXT NOT NULL,
  next_step TEXT NOT NULL,
  entered_at BIGINT NOT NULL,
  closed_at BIGINT,
  lost_reason TEXT,
  lost_note TEXT NOT NULL,
  created_by BIGINT REFERENCES users (id),
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);
-- The board walks the first two, lane by lane; the list the others, in every order that is offered.
CREATE INDEX deals_lane ON deals (stage_id, entered_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_lane_owner ON deals (stage_id, owner_id, entered_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_created ON deals (stage_kind, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_amount ON deals (stage_kind, currency, sort_amount DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_closes ON deals (stage_kind, sort_closes, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_owner_created ON deals (stage_kind, owner_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_owner_amount ON deals (stage_kind, owner_id, currency, sort_amount DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_owner_closes ON deals (stage_kind, owner_id, sort_closes, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_stage_created ON deals (stage_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_stage_amount ON deals (stage_id, currency, sort_amount DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_stage_closes ON deals (stage_id, sort_closes, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_stage_owner_created ON deals (stage_id, owner_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_stage_owner_amount ON deals (stage_id, owner_id, currency, sort_amount DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX deals_stage_owner_closes ON deals (stage_id, owner_id, sort_closes, id) WHERE deleted_at IS NULL;
CREATE INDEX deals_company ON deals (company_id, created_at DESC, id DESC) WHERE company_id IS NOT NULL;
CREATE INDEX deals_updated ON deals (updated_at DESC);
CREATE INDEX deals_trash ON deals (deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;

-- What stands in a stage, by owner (0: nobody) and currency. Kept by every write, so that no page has to count.
CREATE TABLE stage_totals (
  stage_id BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  n BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  weighted BIGINT NOT NULL,
  PRIMARY KEY (stage_id, owner_id, currency)
) WITHOUT ROWID;

-- Every move: time in stage, conversion and velocity are questions to this table. from_id is none where a deal begins.
CREATE TABLE stage_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  deal_id BIGINT NOT NULL REFERENCES deals (id) ON DELETE CASCADE,
  from_id BIGINT,
  to_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  spent BIGINT NOT NULL,
  actor_id BIGINT
);
CREATE INDEX stage_changes_deal ON stage_changes (deal_id, id);

CREATE TABLE deal_contacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  deal_id BIGINT NOT NULL REFERENCES deals (id) ON DELETE CASCADE,
  contact_id BIGINT NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (deal_id, contact_id)
);
CREATE INDEX deal_contacts_contact ON deal_contacts (contact_id, deal_id DESC);
