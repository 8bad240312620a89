-- What people may be written about, what they allowed, who must never be written to; saved views; mailings.
CREATE TABLE topics (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  is_archived BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- The ledger: append-only. `wording` is what the person saw or said, `source` where.
CREATE TABLE consent_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_id BIGINT NOT NULL,
  topic_id BIGINT NOT NULL REFERENCES topics (id),
  state TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')),
  source TEXT NOT NULL CHECK (source IN ('person', 'preferences', 'one_click', 'import')),
  wording TEXT NOT NULL,
  actor_id BIGINT REFERENCES users (id),
  ip TEXT NOT NULL,
  agent TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX consent_entries_contact ON consent_entries (contact_id, at DESC, id DESC);

-- What holds now: the newest entry of each contact and topic.
CREATE TABLE consents (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_id BIGINT NOT NULL,
  topic_id BIGINT NOT NULL REFERENCES topics (id),
  state TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')),
  at BIGINT NOT NULL,
  UNIQUE (contact_id, topic_id)
);

-- SHA-256 of the address: outlives the contact, and says no address.
CREATE TABLE suppressions (
  address_hash TEXT NOT NULL PRIMARY KEY,
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'person')),
  note TEXT NOT NULL,
  actor_id BIGINT REFERENCES users (id),
  at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX suppressions_newest ON suppressions (at DESC, address_hash);

-- A filter of contacts with a name: the canonical query of the list.
CREATE TABLE views (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  query TEXT NOT NULL,
  created_by BIGINT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE templates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  preheader TEXT NOT NULL,
  from_name TEXT NOT NULL,
  from_email TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('mjml', 'html')),
  body TEXT NOT NULL,
  created_by BIGINT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX templates_newest ON templates (updated_at DESC, id DESC);

-- A mailing. Its content is its own, and stands still from the launch on.
CREATE TABLE campaigns (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled')),
  subject TEXT NOT NULL,
  preheader TEXT NOT NULL,
  from_name TEXT NOT NULL,
  from_email TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('mjml', 'html')),
  body TEXT NOT NULL,
  view_id BIGINT REFERENCES views (id),
  topic_id BIGINT REFERENCES topics (id),
  per_second BIGINT NOT NULL,
  link_base TEXT NOT NULL,
  trouble TEXT NOT NULL,
  revision BIGINT NOT NULL,
  scheduled_at BIGINT,
  launched_at BIGINT,
  launched_by BIGINT REFERENCES users (id),
  finished_at BIGINT,
  created_by BIGINT REFERENCES users (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX campaigns_newest ON campaigns (created_at DESC, id DESC);
CREATE INDEX campaigns_state ON campaigns (state, created_at DESC, id DESC);
CREATE INDEX campaigns_due ON campaigns (scheduled_at, id) WHERE state = 'scheduled';
CREATE INDEX campaigns_sending ON campaigns (id) WHERE state = 'sending';

-- What its pages count, kept by whoever changes its recipients. skipped: of which no_consent, suppressed and cancelled;
-- opened, clicked: by people; machine_…: by programs that look before anybody does.
CREATE TABLE campaign_tallies (
  campaign_id BIGINT NOT NULL PRIMARY KEY REFERENCES campaigns (id) ON DELETE CASCADE,
  audience BIGINT NOT NULL,
  without_address BIGINT NOT NULL,
  recipients BIGINT NOT NULL,
  skipped BIGINT NOT NULL,
  no_consent BIGINT NOT NULL,
  suppressed BIGINT NOT NULL,
  cancelled BIGINT NOT NULL,
  sent BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  in_doubt BIGINT NOT NULL,
  opened BIGINT NOT NULL,
  clicked BIGINT NOT NULL,
  machine_opened BIGINT NOT NULL,
  machine_clicked BIGINT NOT NULL,
  unsubscribed BIGINT NOT NULL
);

-- One row per address a campaign goes to. `claimed_by` names a worker and its batch: who lost a row cannot write to it.
CREATE TABLE recipients (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign_id BIGINT NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  contact_id BIGINT NOT NULL,
  address TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'transmitting', 'sent', 'deferred', 'failed', 'skipped', 'unknown')),
  reason TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_attempt_at BIGINT NOT NULL,
  claimed_by TEXT NOT NULL,
  claimed_until BIGINT NOT NULL,
  sent_at BIGINT,
  opened_at BIGINT,
  clicked_at BIGINT,
  machine_opened_at BIGINT,
  machine_clicked_at BIGINT,
  unsubscribed_at BIGINT,
  opens BIGINT NOT NULL,
  clicks BIGINT NOT NULL,
  UNIQUE (campaign_id, address)
);
CREATE INDEX recipients_campaign ON recipients (campaign_id, id);
CREATE INDEX recipients_state ON recipients (campaign_id, state, id);
CREATE INDEX recipients_due ON recipients (campaign_id, next_attempt_at, id) WHERE state IN ('pending', 'deferred');
CREATE INDEX recipients_held ON recipients (claimed_until) WHERE state IN ('claimed', 'transmitting');
CREATE INDEX recipients_contact ON recipients (contact_id, sent_at DESC, id DESC);
CREATE INDEX recipients_opened ON recipients (campaign_id, id) WHERE opened_at IS NOT NULL;
CREATE INDEX recipients_clicked ON recipients (campaign_id, id) WHERE clicked_at IS NOT NULL;
CREATE INDEX recipients_unsubscribed ON recipients (campaign_id, id) WHERE unsubscribed_at IS NOT NULL;

-- What was asked for in the name of a recipient and is not yet understood: kept for a moment, so that a burst is seen as one.
-- The id is drawn, so that writing a row down twice is writing it once. position, url: the link; none for the picture.
CREATE TABLE campaign_hits (
  id BIGINT NOT NULL PRIMARY KEY,
  recipient_id BIGINT NOT NULL,
  position BIGINT,
  url TEXT NOT NULL,
  sign TEXT NOT NULL CHECK (sign IN ('none', 'head', 'prefetch', 'agent')),
  at BIGINT NOT NULL
);
CREATE INDEX campaign_hits_at ON campaign_hits (at, id);
CREATE INDEX campaign_hits_recipient ON campaign_hits (recipient_id);

-- How often each link of a campaign was followed.
CREATE TABLE campaign_links (
  campaign_id BIGINT NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  url TEXT NOT NULL,
  clicks BIGINT NOT NULL,
  PRIMARY KEY (campaign_id, position, url)
) WITHOUT ROWID;
